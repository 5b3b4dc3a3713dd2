import type { GraphVariable, Scope } from '../graph/graph.js';
import { addLoop } from '../graph/loop.js';
import { DataType, type Ref } from '../graph/node.js';
import { addEntry, firstPlace, type Place, placeAt } from '../graph/slice.js';
import type { GraphOptimizer } from '../optimizers/index.js';
import { type Column, gather, storedColumn } from './columns.js';
import { addInput, addPass, type Layout, type TracedFunction } from './layout.js';

/** Steps that one call can take. */
export const MOST_STEPS_A_CALL = 256;

/** A loop of optimizer steps in a program. */
export interface TrainingLoop {
  readonly name: string;
  readonly batchSize: number;
  /** Node whose fetch runs the loop and gives the loss of each step, [MOST_STEPS_A_CALL], of which the first are this call's. */
  readonly losses: string;
}

/** What a training loop is made of; the function gives the loss, then the gradients in the order of `trainable`. */
export interface LoopParts extends TracedFunction {
  readonly batchSize: number;
  readonly trainable: readonly string[];
  readonly optimizer: GraphOptimizer;
  /** Numbers that the optimizer has for each step. */
  readonly numbers: number;
  readonly losses: GraphVariable;
}

/**
 * Adds a loop of optimizer steps. It is fed `NAME/indices` [steps, batch] of resident data, or `NAME/column_I` [steps, batch, …];
 * `NAME/seeds` [steps, 2] and `NAME/numbers` [steps, numbers].
 */
export function addTrainingLoop(layout: Layout, parts: LoopParts): TrainingLoop {
  const { top, graph } = layout;
  const { batchSize, losses } = parts;
  const name = `train_${batchSize}`;
  const seeds = addInput(layout, `${name}/seeds`, 'int32', [-1, 2]);
  const numbers = addInput(layout, `${name}/numbers`, 'float32', [-1, parts.numbers]);
  const steps = firstAxis(top, seeds);
  const masks = [...layout.masks.values()].map((mask) => top.read(mask));
  const batchOf = addBatches(layout, name, batchSize);
  const done = addLoop(top, name, steps, (scope, i) => {
    const place = placeAt(scope, i);
    const seed = addEntry(scope, scope.capture(seeds, 'int32'), 'int32', place);
    const row = addEntry(scope, scope.capture(numbers, 'float32'), 'float32', place);
    const rest = [seed, ...masks.map((mask) => scope.capture(mask, 'float32'))];
    const pass = addPass(layout, scope, parts, batchOf(scope, place), rest);
    const updates = addUpdates(layout, scope, parts, pass, unpack(scope, row, parts.numbers));
    const [loss = ''] = pass.outputs;
    return [...updates, addLoss(scope, losses, i, loss)];
  });
  const read = top.read(losses, [done]);
  graph.add('Identity', [read], { T: { type: DataType.float32 } }, { name: `${name}/losses` });
  return { name, batchSize, losses: `${name}/losses` };
}

/** Adds where the loop's batches come from; what is returned adds a step's batch to the loop's body, a ref a column. */
function addBatches(layout: Layout, name: string, batchSize: number): (scope: Scope, place: Place) => Ref[] {
  const { top, columns, resident } = layout;
  if (resident.length === 0) {
    const fed = columns.map((column, k) => {
      const { dtype, exampleShape } = storedColumn(column);
      return { dtype, all: addInput(layout, `${name}/column_${k}`, dtype, [-1, batchSize, ...exampleShape]) };
    });
    return (scope, place) => fed.map(({ dtype, all }) => addEntry(scope, scope.capture(all, dtype), dtype, place));
  }
  const indices = addInput(layout, `${name}/indices`, 'int32', [-1, batchSize]);
  const all = resident.map((column) => ({ dtype: column.dtype, values: top.read(column) }));
  return (scope, place) => {
    const row = addEntry(scope, scope.capture(indices, 'int32'), 'int32', place);
    return all.map(({ dtype, values }, k) => gather(scope, scope.capture(values, dtype), columns[k] as Column, row));
  };
}

/** Adds what a step changes: the update of each weight that has a gradient, and the weights that the pass itself assigned. */
function addUpdates(
  layout: Layout,
  scope: Scope,
  { trainable, optimizer }: LoopParts,
  { outputs, changes, reads }: ReturnType<typeof addPass>,
  numbers: readonly Ref[],
): Ref[] {
  const updates = trainable.map((name, i) => {
    const read = reads.get(name);
    return optimizer(scope, {
      weights: layout.weight(name),
      slots: layout.slots.get(name) ?? [],
      gradient: outputs[i + 1] ?? '',
      numbers,
      after: read === undefined ? [] : [read],
    });
  });
  const assigned = [...changes].map(([name, value]) => {
    const read = reads.get(name);
    return scope.assign(layout.weight(name), value, read === undefined ? [] : [read]);
  });
  return [...updates, ...assigned];
}

function firstAxis(scope: Scope, tensor: Ref): Ref {
  const int32 = { type: DataType.int32 };
  const shape = scope.add('Shape', [tensor], { T: int32, out_type: int32 });
  return addEntry(scope, shape, 'int32', firstPlace(scope));
}

/** Notes the loss of step `i`. A scatter would do, but a reproducible one on a GPU is computed by the host. */
function addLoss(scope: Scope, losses: GraphVariable, i: Ref, loss: Ref): Ref {
  const steps = scope.indices(Array.from({ length: MOST_STEPS_A_CALL }, (_, step) => step));
  const isHere = scope.add('Equal', [steps, i], {
    T: { type: DataType.int32 },
    incompatible_shape_error: { bool: true },
  });
  const all = scope.add('SelectV2', [isHere, loss, scope.read(losses)], { T: { type: DataType.float32 } });
  return scope.assign(losses, all);
}

function unpack(scope: Scope, row: Ref, count: number): Ref[] {
  const first = scope.add('Unpack', [row], { T: { type: DataType.float32 }, num: { int: count }, axis: { int: 0 } });
  return Array.from({ length: count }, (_, i) => (i === 0 ? first : `${first}:${i}`));
}
