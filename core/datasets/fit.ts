import { PrunefrontError } from '../errors.js';
import { inputShape, outputShape } from '../models/described-topology.js';
import type { Topology } from '../models/topology.js';
import type { Dataset } from './dataset.js';

/**
 * Refuses a model whose input or output does not fit the data: one input of the examples' shape, one output with a value a class.
 * @throws PrunefrontError `PRUNEFRONT_DATA_SHAPE`
 */
export function requireFit(topology: Topology, data: Pick<Dataset, 'exampleShape' | 'classes'>): void {
  const input = inputShape(topology);
  const output = outputShape(topology);
  if (input.length !== data.exampleShape.length || input.some((n, i) => n !== data.exampleShape[i])) {
    throw new PrunefrontError('PRUNEFRONT_DATA_SHAPE', 'The model’s input does not fit the examples', {
      found: `examples of shape [${data.exampleShape.join(', ')}]`,
      allowed: `[${input.join(', ')}]`,
    });
  }
  if (output.length !== 1 || output[0] !== data.classes) {
    throw new PrunefrontError('PRUNEFRONT_DATA_SHAPE', 'The model’s output does not fit the classes', {
      found: `an output of shape [${output.join(', ')}]`,
      allowed: `[${data.classes}], one logit a class`,
    });
  }
}
