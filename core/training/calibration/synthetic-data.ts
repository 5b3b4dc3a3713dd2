import type { PreparedData } from '../../datasets/prepare.js';
import { inputShape, outputShape } from '../../models/described-topology.js';
import { sizeOf } from '../../models/named-tensor.js';
import type { Topology } from '../../models/topology.js';
import { epochOrder } from '../../network/batches.js';
import { createRandom } from '../../random.js';

const EXAMPLES = 4096;
const MOST_BYTES = 32 * 1024 * 1024;

/** Examples of noise that a model takes, in whole batches; all of them train. */
export function syntheticData(topology: Topology, batchSize: number): PreparedData {
  const exampleShape = inputShape(topology);
  const classes = outputShape(topology)[0] ?? 1;
  const size = sizeOf(exampleShape);
  const batches = Math.max(1, Math.min(Math.ceil(EXAMPLES / batchSize), Math.floor(MOST_BYTES / (size * batchSize))));
  const examples = batches * batchSize;
  const random = createRandom(1);
  const below = (limit: number): number => Math.floor(random.next() * limit);
  return {
    x: new Uint8Array(examples * size).map(() => below(256)),
    exampleShape,
    labels: new Int32Array(examples).map(() => below(classes)),
    classes,
    // Batches come from all over the data, as in training.
    train: epochOrder(
      Int32Array.from({ length: examples }, (_, i) => i),
      1,
      0,
    ),
    validation: new Int32Array(),
    test: new Int32Array(),
  };
}
