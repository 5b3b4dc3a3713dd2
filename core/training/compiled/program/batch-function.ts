import type { GraphVariable } from '../graph/graph.js';
import { DataType, type Ref } from '../graph/node.js';
import { gather, storedColumn } from './columns.js';
import { addInput, addPass, type Layout, type TracedFunction } from './layout.js';

/** What a function of one batch is made of. */
export interface FunctionParts extends TracedFunction {
  readonly name: string;
  readonly batchSize: number;
}

/** A function of one batch in a program: what to fetch for its outputs and for the new values of the weights that it would change. */
export interface BatchFunction {
  readonly name: string;
  readonly batchSize: number;
  readonly outputs: readonly string[];
  readonly changes: ReadonlyMap<string, string>;
}

/**
 * Adds a traced function that runs once a call and changes nothing. It is fed `NAME/indices` [batch] of resident data, or
 * `NAME/column_I` [batch, …]; `NAME/seed` [2].
 */
export function addBatchFunction(layout: Layout, parts: FunctionParts): BatchFunction {
  const { top, graph } = layout;
  const { name, batchSize } = parts;
  const seed = addInput(layout, `${name}/seed`, 'int32', [2]);
  const masks = [...layout.masks.values()].map((mask) => top.read(mask));
  const pass = addPass(layout, top, parts, addBatch(layout, name, batchSize), [seed, ...masks]);
  const fetched = (ref: Ref, kind: string, i: number): string =>
    graph.add('Identity', [ref], { T: { type: DataType.float32 } }, { name: `${name}/${kind}_${i}` });
  return {
    name,
    batchSize,
    outputs: pass.outputs.map((ref, i) => fetched(ref, 'output', i)),
    changes: new Map([...pass.changes].map(([weight, ref], i) => [weight, fetched(ref, 'change', i)])),
  };
}

function addBatch(layout: Layout, name: string, batchSize: number): Ref[] {
  const { top, columns, resident } = layout;
  if (resident.length === 0)
    return columns.map((column, i) => {
      const { dtype, exampleShape } = storedColumn(column);
      return addInput(layout, `${name}/column_${i}`, dtype, [batchSize, ...exampleShape]);
    });
  const indices = addInput(layout, `${name}/indices`, 'int32', [batchSize]);
  return columns.map((column, i) => gather(top, top.read(resident[i] as GraphVariable), column, indices));
}
