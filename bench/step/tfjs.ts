import { createRequire } from 'node:module';
import util from 'node:util';
import type * as TensorFlow from '@tensorflow/tfjs';
import { toKerasConfig } from '../../core/models/topology.js';
import { zooModel } from '../../core/models/zoo/index.js';
import { serve, workerArguments } from './worker.js';

/** `model.fit` of plain tfjs, without the gradient of ReLU that Prunefront puts in, in the way of its tutorials. */
async function main(): Promise<void> {
  // Node 23 dropped the function that tfjs-node still calls.
  if (!('isNullOrUndefined' in util)) {
    Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
  }
  const tf = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu') as typeof TensorFlow;
  const { model: name, batch, data } = workerArguments();
  const model = await tf.models.modelFromJSON(toKerasConfig(zooModel(name)) as never);
  model.compile({ optimizer: tf.train.adam(0.001), loss: 'sparseCategoricalCrossentropy' });
  const examples = data.labels.length;
  const x = tf.tensor(data.x, [examples, ...data.exampleShape], 'float32');
  const y = tf.tensor(Float32Array.from(data.labels), [examples, 1], 'float32');
  const inEpoch = examples / batch;
  const train = async (steps: number) => {
    const count = Math.min(steps, inEpoch) * batch;
    const epochs = steps < inEpoch ? 1 : Math.round(steps / inEpoch);
    const [someX, someY] = [x.slice([0], [count]), y.slice([0], [count])];
    const { history } = await model.fit(someX, someY, { batchSize: batch, epochs, verbose: 0 });
    tf.dispose([someX, someY]);
    return { steps: (count / batch) * epochs, loss: Number(history['loss']?.at(-1)) };
  };
  const backend = tf.backend() as unknown as { isUsingGpuDevice?: boolean; binding: { TF_Version: string } };
  await serve(train, {
    parameters: model.trainableWeights.reduce(
      (total, { shape }) => total + tf.util.sizeFromShape(shape as number[]),
      0,
    ),
    device: backend.isUsingGpuDevice === true ? 'GPU' : 'CPU',
    note: `tfjs ${tf.version['tfjs-core']}, TensorFlow ${backend.binding.TF_Version}`,
  });
}

await main();
