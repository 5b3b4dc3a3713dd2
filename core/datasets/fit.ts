import { PrunefrontError } from '../errors.js';
import { inputShape, outputShape } from '../models/described-topology.js';
import { requireTaskOutput } from '../models/task-output.js';
import type { Topology } from '../models/topology.js';
import type { Task } from '../sweep/task.js';
import { type Dataset, targetShape } from './dataset.js';

/**
 * Refuses a model whose input or output does not fit the data and the task: one input of the examples' shape, and one output with a value
 * a class, with a value a target, or of the input's shape.
 * @throws PrunefrontError `PRUNEFRONT_DATA_SHAPE`, `PRUNEFRONT_MODEL_UNSUPPORTED`
 */
export function requireFit(
  topology: Topology,
  data: Pick<Dataset, 'exampleShape' | 'classes' | 'targets'>,
  task?: Task,
): void {
  requireTaskOutput(topology, task);
  const input = inputShape(topology);
  const output = outputShape(topology);
  if (!isSame(input, data.exampleShape)) {
    throw new PrunefrontError('PRUNEFRONT_DATA_SHAPE', 'The model’s input does not fit the examples', {
      place: 'dataset',
      found: `examples of shape ${shown(data.exampleShape)}`,
      allowed: shown(input),
    });
  }
  const { wanted, what, allowed } = outputOf(data, task);
  if (!isSame(output, wanted)) {
    throw new PrunefrontError('PRUNEFRONT_DATA_SHAPE', `The model’s output does not fit the ${what}`, {
      place: 'model',
      found: `an output of shape ${shown(output)}`,
      allowed: `${shown(wanted)}, ${allowed}`,
    });
  }
}

function outputOf(
  data: Pick<Dataset, 'exampleShape' | 'classes' | 'targets'>,
  task: Task | undefined,
): { readonly wanted: readonly number[]; readonly what: string; readonly allowed: string } {
  if (task === undefined) return { wanted: [data.classes], what: 'classes', allowed: 'one logit a class' };
  if ('regression' in task) return { wanted: targetShape(data), what: 'targets', allowed: 'one number a target' };
  return { wanted: data.exampleShape, what: 'examples', allowed: 'the shape of the input' };
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

function shown(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
