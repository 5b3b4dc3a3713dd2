import { describeTopology } from './described-topology.js';
import { featureClasses } from './feature-classes.js';
import { features } from './layers/description.js';
import type { Intake, LayerDescription, Parameter, Producing, ReadWeight } from './layers/index.js';
import { leavesOutSteps } from './masked-steps.js';
import { sizeOf } from './named-tensor.js';
import type { SpreadRemoval } from './removal.js';
import type { Topology } from './topology.js';
import { batchNormOf } from './wrapped-layers.js';

/** What removed units that have lost their kernels still give: numbers, which the layers after them can take over, or not. */
export interface Leftovers {
  /** By weight: what its first entries gain, so that the removed features can be left out. */
  readonly gains: ReadonlyMap<string, Float64Array>;
  /** Where a removed feature is no number, or one that no weight can take over. */
  readonly stuck: readonly { readonly node: number; readonly id: number }[];
}

/** What one layer knows of the graph around it. */
interface Place {
  readonly node: number;
  readonly layer: LayerDescription;
  readonly read: ReadWeight;
  /** By removed feature of its first input: the number that it is. */
  readonly numbers: ReadonlyMap<number, number>;
}

/**
 * Follows the numbers that removed units give through the graph.
 * @param weights - of the full-size model by full name, removed units without their kernels
 */
export function leftoversOf(
  topology: Topology,
  spread: SpreadRemoval,
  weights: ReadonlyMap<string, Float32Array>,
): Leftovers {
  const classes = featureClasses(topology);
  const gains = new Map<string, Float64Array>();
  const stuck: { node: number; id: number }[] = [];
  const numbers: Map<number, number>[] = [];
  const stick = (node: number, of: number, feature: number): void => {
    stuck.push({ node, id: classes.of[of]?.[feature] ?? 0 });
  };
  describeTopology(topology).forEach((layer, node) => {
    const { name = '', inputs = [] } = topology.nodes[node] ?? {};
    const sources = inputs.map((from) => numbers[from] ?? new Map<number, number>());
    const read: ReadWeight = (parameter) => weights.get(`${name}/${parameter}`) ?? new Float32Array();
    const place = { node, layer, read, numbers: sources[0] ?? new Map() };
    if (layer.flow.kind === 'produces' && !takeOver(topology, place, layer.flow, gains))
      for (const [feature, number] of place.numbers) if (number !== 0) stick(node, inputs[0] ?? 0, feature);
    const own = new Map<number, number>();
    for (const feature of spread.output[node] ?? []) {
      const number = numberOf(topology, place, sources, feature);
      if (number === null) stick(node, node, feature);
      own.set(feature, number ?? 0);
    }
    numbers.push(own);
  });
  return { gains, stuck };
}

/** The number that a removed feature of the layer's output is; null where it is none. */
function numberOf(
  topology: Topology,
  { layer: { flow }, read }: Place,
  sources: readonly ReadonlyMap<number, number>[],
  feature: number,
): number | null {
  if (flow.kind === 'produces') {
    const number = flow.constant(feature, read);
    // A state that is kept over left-out steps is zero before the first other one.
    return flow.granularity === 'recurrent' && number !== 0 && topology.nodes.some(leavesOutSteps) ? null : number;
  }
  if (flow.kind !== 'passes') return null;
  const values = flow.from(feature).map((source) => sources[source.input]?.get(source.feature) ?? 0);
  if (flow.constant !== undefined) return flow.constant(values, feature, read);
  return values.every((value) => value === values[0]) ? (values[0] ?? 0) : null;
}

/** Adds to `gains` what the layer's units get of its removed inputs; whether a weight can hold that. */
function takeOver(
  topology: Topology,
  { node, layer, read, numbers }: Place,
  { takes, granularity }: Producing,
  gains: Map<string, Float64Array>,
): boolean {
  if ([...numbers.values()].every((number) => number === 0)) return true;
  if (takes === null || !takes.evenly) return false;
  const name = topology.nodes[node]?.name ?? '';
  const byName = new Map(layer.parameters.map((parameter) => [parameter.name, parameter]));
  for (const intake of takes.intakes) {
    const gain = throughKernels(intake, byName, read, numbers);
    if (byName.has(intake.bias)) {
      gains.set(`${name}/${intake.bias}`, gain);
      continue;
    }
    const norms = granularity === 'recurrent' || layer.activation !== null ? null : normsAfter(topology, node);
    if (norms === null) return false;
    for (const norm of norms)
      gains.set(
        `${norm}/moving_mean`,
        gain.map((value) => -value),
      );
  }
  return true;
}

/** The batch norms that alone take a layer's output, so that a shift of it is one of their means; null where others take it as well. */
function normsAfter(topology: Topology, node: number): string[] | null {
  const descriptions = describeTopology(topology);
  const after = topology.nodes.flatMap((other, i) => (other.inputs.includes(node) ? [{ other, i }] : []));
  const areNorms = after.every(
    ({ other, i }) => batchNormOf(other) !== null && descriptions[i]?.flow.kind === 'passes',
  );
  return areNorms && !topology.outputs.includes(node) ? after.map(({ other }) => other.name) : null;
}

/** What each output column gets of inputs that are the same numbers everywhere. */
function throughKernels(
  { kernels }: Intake,
  parameters: ReadonlyMap<string, Parameter>,
  read: ReadWeight,
  numbers: ReadonlyMap<number, number>,
): Float64Array {
  let inputs: ReadonlyMap<number, number> = numbers;
  let columns: Float64Array = new Float64Array();
  for (const kernel of kernels) {
    const parameter = parameters.get(kernel);
    if (parameter === undefined) continue;
    columns = throughKernel(parameter, read(kernel), inputs);
    inputs = new Map(columns.entries());
  }
  return columns;
}

function throughKernel(
  { shape, axes }: Parameter,
  values: Float32Array,
  inputs: ReadonlyMap<number, number>,
): Float64Array {
  const stride = (axis: number): number => sizeOf(shape.slice(axis + 1));
  const inAxis = axes.findIndex(({ role }) => role === 'in' || role === 'multiplied');
  const outAxis = axes.findIndex(({ role }) => role === 'out' || role === 'gates');
  const [inStride, inSize] = [stride(inAxis), shape[inAxis] ?? 1];
  // A depthwise kernel gives its last two axes side by side.
  const [outStride, outSize] = outAxis < 0 ? [1, inSize * features(shape)] : [stride(outAxis), shape[outAxis] ?? 1];
  const columns = new Float64Array(outSize);
  values.forEach((value, i) => {
    const input = inputs.get(Math.floor(i / inStride) % inSize) ?? 0;
    const column = Math.floor(i / outStride) % outSize;
    if (input !== 0) columns[column] = (columns[column] ?? 0) + value * input;
  });
  return columns;
}
