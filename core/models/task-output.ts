import { PrunefrontError } from '../errors.js';
import type { Task } from '../sweep/task.js';
import { inputShape, outputShape } from './described-topology.js';
import type { Topology } from './topology.js';

/**
 * Refuses a model whose output cannot be what the task asks for. A classifier gives logits or a softmax over the classes; any other model
 * gives numbers as they are: a list of them, or for a reconstruction as many as it takes; and what is judged as probabilities comes from
 * a sigmoid.
 * @throws PrunefrontError `PRUNEFRONT_MODEL_UNSUPPORTED`
 */
export function requireTaskOutput(topology: Topology, task: Task | undefined): void {
  const refuse = (message: string, found: string, allowed: string): PrunefrontError =>
    new PrunefrontError('PRUNEFRONT_MODEL_UNSUPPORTED', message, {
      place: topology.nodes[topology.outputs[0] ?? -1]?.name ?? topology.name,
      found,
      allowed,
    });
  const [input, output] = [inputShape(topology), outputShape(topology)];
  const shape = `an output of shape [${output.join(', ')}]`;
  if (task !== undefined && 'reconstruction' in task) {
    if (output.join() !== input.join())
      throw refuse('A reconstruction has the shape of the input', shape, `[${input.join(', ')}]`);
  } else if (output.length !== 1) {
    throw refuse('The last layer must give one list of numbers', shape, '[classes], or [targets] for a regression');
  }
  const activation = outputActivation(topology);
  if (task === undefined) {
    if (activation === 'softmax' || activation === 'linear') return;
    throw refuse('The last layer must give logits or a softmax over the classes', activation, 'softmax, linear');
  }
  if (activation === 'softmax')
    throw refuse('The last layer gives the probabilities of classes', activation, 'another activation');
  if ('reconstruction' in task && task.reconstruction.loss === 'binaryCrossEntropy' && activation !== 'sigmoid')
    throw refuse('Binary cross-entropy needs outputs between 0 and 1', activation, 'sigmoid');
}

/** Name of the activation that the model's output has passed. */
export function outputActivation({ nodes, outputs: [last = -1] }: Topology): string {
  const node = nodes[last];
  return node?.className === 'Softmax' ? 'softmax' : String(node?.config['activation'] ?? 'linear');
}

/** The task of a model where nobody names one: a reconstruction where it gives what it takes, else a classification. */
export function impliedTask(topology: Topology): Task | undefined {
  return outputShape(topology).join() === inputShape(topology).join()
    ? { reconstruction: { noise: 0, loss: 'meanSquaredError' } }
    : undefined;
}
