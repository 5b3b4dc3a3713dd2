import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { loadPrepared } from '../../core/datasets/prepare.js';
import { openFolderStore } from '../../core/store/folder-store.js';

/** Validation accuracy of an exported model folder in plain tfjs, on the data set that its stage was trained on. */
export async function plainAccuracy(folder: string, storeFolder: string, stageKey: string): Promise<number> {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as {
    modelTopology: object;
    weightsManifest: tf.io.WeightsManifestConfig;
  };
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const weightData = new Uint8Array(
    Buffer.concat(weightsManifest.flatMap(({ paths }) => paths.map((path) => readFileSync(join(folder, path))))),
  ).buffer;
  const model = await tf.loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) });

  const store = await openFolderStore(storeFolder);
  const record = await store.getRecord(stageKey);
  if (record === null) throw new Error(`no record of ${stageKey}`);
  const { x, exampleShape, labels, validation } = await loadPrepared(store, record.stage.dataset);
  const size = exampleShape.reduce((product, n) => product * n, 1);
  const rows = Float32Array.from({ length: validation.length * size }, (_, i) => {
    const example = validation[Math.floor(i / size)] ?? 0;
    const value = x[example * size + (i % size)] ?? 0;
    return x instanceof Uint8Array ? value / 255 : value;
  });
  const guesses = tf.tidy(() => {
    const scores = model.predict(tf.tensor(rows, [validation.length, ...exampleShape])) as tf.Tensor;
    return scores.argMax(-1).dataSync();
  });
  const right = Array.from(validation).filter((example, i) => guesses[i] === labels[example]);
  return right.length / validation.length;
}
