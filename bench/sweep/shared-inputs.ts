import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPrepared } from '../../core/datasets/prepare.js';
import { scoreModel } from '../../core/evaluation/score-model.js';
import { Network } from '../../core/network/network.js';
import { loadTensorFlow } from '../../core/network/tensorflow.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { encodeSafetensors, type TensorData } from '../../core/store/safetensors.js';
import type { StageRecord } from '../../core/sweep/observation.js';
import { mainScore } from '../../core/sweep/task.js';
import { decodeState } from '../../core/training/stage-state.js';
import { examples } from '../peers/examples.js';

/** Writes the images, labels and split of our run and the weights of its trained dense model to where peer.py reads them. */
export async function writeSharedInputs(store: ArtifactStore, baseline: StageRecord, folder: string): Promise<void> {
  const data = await loadPrepared(store, baseline.stage.dataset);
  const { weights } = decodeState(await store.getBlob(baseline.state));
  const tensors = new Map<string, TensorData>();
  for (const split of ['train', 'validation', 'test'] as const) {
    const { x, y } = examples(data, data[split]);
    tensors.set(`${split}X`, x).set(`${split}Y`, y);
  }
  weights.forEach(({ shape, values }, i) => {
    // Read in the order of their names.
    tensors.set(`weight/${String(i).padStart(3, '0')}`, { dtype: 'float32', shape: [...shape], data: values });
  });
  writeFileSync(join(folder, 'inputs.safetensors'), encodeSafetensors(tensors, {}));
}

/** Accuracy on the test split of the models that some records hold, in their order. */
export async function testAccuracies(
  store: ArtifactStore,
  records: readonly StageRecord[],
): Promise<readonly number[]> {
  const tf = loadTensorFlow();
  const accuracies: number[] = [];
  for (const record of records) {
    const data = await loadPrepared(store, record.stage.dataset);
    const { topology, weights } = decodeState(await store.getBlob(record.state));
    const network = await Network.build(tf, topology, weights);
    accuracies.push(mainScore(scoreModel(tf, network, data, data.test)));
    network.dispose();
  }
  return accuracies;
}
