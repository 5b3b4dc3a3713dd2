import Table from 'cli-table3';
import type { ModelInspection } from '../../tools/inspect-model.js';
import { bytes, count } from '../format.js';

type Layer = ModelInspection['layers'][number];
type Group = ModelInspection['groups'][number];

/** What a model is made of and what can go of it, for people. */
export function inspectionLines(inspection: ModelInspection): string[] {
  const { model, parameters, macs, layers, groups, blocks } = inspection;
  return [
    `${model}: ${count(parameters)} parameters, ${count(macs)} MACs, ${bytes(inspection.bytes)} in float32`,
    layerTable(layers),
    '',
    'Units that can go, together where layers share them:',
    ...(groups.length === 0 ? ['  none'] : groups.map((group) => `  ${groupLine(group, layers)}`)),
    ...reasons(
      'Units that cannot:',
      layers.flatMap(({ layer, staysBecause }) => (staysBecause === null ? [] : [{ layer, reason: staysBecause }])),
    ),
    '',
    'Layers and residual blocks that can go as a whole:',
    ...(blocks.length === 0
      ? ['  none']
      : blocks.map(
          (block) =>
            `  ${block.name}: ${count(block.parameters)} parameters, ${count(block.macs)} MACs${block.kind === 'residual' ? `; ${block.layers.join(', ')}` : ''}`,
        )),
    ...reasons('What cannot:', inspection.wholeStaying),
  ];
}

function layerTable(layers: readonly Layer[]): string {
  const table = new Table({
    head: ['layer', 'class', 'output', 'parameters', 'MACs', 'bytes', 'units', 'group'],
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const { layer, className, output, units, group, ...costs } of layers) {
    const { parameters, macs } = costs;
    table.push([
      ...[layer, className, output.join(' × '), count(parameters), count(macs), bytes(costs.bytes)],
      ...[units === 0 ? '' : count(units), group ?? (units === 0 ? '' : '–')],
    ]);
  }
  return table.toString();
}

/** `stem: 16 of stem (filters), block1_2 (filters)`. */
function groupLine({ name, classes, members }: Group, layers: readonly Layer[]): string {
  const described = members.map(({ layer, kind }) => {
    const { units = 0, removable = 0 } = layers.find((each) => each.layer === layer) ?? {};
    const some = removable === classes && units === classes ? '' : `${removable} of ${units} `;
    return `${layer} (${some}${KINDS[kind]})`;
  });
  return `${name}: ${count(classes)} of ${described.join(', ')}`;
}

const KINDS: Readonly<Record<Group['members'][number]['kind'], string>> = {
  filter: 'filters',
  neuron: 'neurons',
  recurrent: 'recurrent units',
};

function reasons(title: string, staying: readonly { readonly layer: string; readonly reason: string }[]): string[] {
  return staying.length === 0 ? [] : [title, ...staying.map(({ layer, reason }) => `  ${layer}: ${reason}`)];
}
