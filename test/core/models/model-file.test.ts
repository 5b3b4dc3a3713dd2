import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { modelFiles, readModelFile, WEIGHTS_FILE } from '../../../core/models/model-file.js';
import { parseTopology, toKerasConfig } from '../../../core/models/topology.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { errorOf } from '../../support/errors.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { randomWeights, sequentialOf } from '../../support/tiny-networks.js';

const tf = loadTensorFlow();

/** A model with what makes orders differ: batch norm between trained layers, and a recurrent cell. */
function mixedModel(): LayersModel {
  const model = tf.sequential({
    layers: [
      tf.layers.conv1d({ filters: 3, kernelSize: 2, inputShape: [6, 2] }),
      tf.layers.batchNormalization(),
      tf.layers.bidirectional({ layer: tf.layers.gru({ units: 3, returnSequences: true }), mergeMode: 'concat' }),
      tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 5 }) }),
      tf.layers.lstm({ units: 4 }),
      tf.layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  const statistics = [tf.tensor1d([0.1, -0.2, 0.3]), tf.tensor1d([0.7, 1.2, 0.9])];
  const norm = model.layers[1];
  norm?.setWeights([...norm.getWeights().slice(0, 2), ...statistics]);
  return model;
}

const predict = (model: LayersModel, x: Tensor): Float32Array =>
  tf.tidy(() => (model.predict(x) as Tensor).dataSync() as Float32Array);

describe('model files', () => {
  const temporaryFolder = temporaryFolders();

  it('given a model that tfjs saved, when it is read and written again, then tfjs loads it with the same outputs', async () => {
    const folder = await temporaryFolder();
    const model = mixedModel();
    await model.save(`file://${join(folder, 'theirs')}`);
    const { topology, weights } = await readModelFile(join(folder, 'theirs', 'model.json'));
    const { modelJson, weightsBin } = modelFiles(topology, weights);
    await mkdir(join(folder, 'ours'));
    await writeFile(join(folder, 'ours', 'model.json'), modelJson);
    await writeFile(join(folder, 'ours', WEIGHTS_FILE), weightsBin);
    const loaded = await tf.loadLayersModel(`file://${join(folder, 'ours', 'model.json')}`);
    const x = tf.randomNormal([4, 6, 2], 0, 1, 'float32', 7);
    expect([...predict(loaded, x)]).toEqual([...predict(model, x)]);
    for (const each of [x, model, loaded]) each.dispose();
  });

  it('given a topology, when it is written as a Keras config and parsed again, then it is the same', () => {
    const topology = sequentialOf([6], [{ class_name: 'Dense', config: { name: 'a', units: 2, activation: 'relu' } }]);
    expect(parseTopology(JSON.parse(JSON.stringify(toKerasConfig(topology))))).toEqual(topology);
  });

  describe('that are broken', () => {
    async function written(): Promise<string> {
      const folder = await temporaryFolder();
      const topology = sequentialOf([6], [{ class_name: 'Dense', config: { name: 'a', units: 2 } }]);
      const { modelJson, weightsBin } = modelFiles(topology, randomWeights(topology, 1));
      await writeFile(join(folder, 'model.json'), modelJson);
      await writeFile(join(folder, WEIGHTS_FILE), weightsBin);
      return folder;
    }

    async function edited(edit: (json: Record<string, unknown>) => unknown): Promise<string> {
      const path = join(await written(), 'model.json');
      const json = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
      await writeFile(path, JSON.stringify(edit(json)));
      return path;
    }

    it('given no such file, then the path and the cause are told', async () => {
      const path = join(await temporaryFolder(), 'model.json');
      const error = await errorOf('PRUNEFRONT_MODEL_NOT_FOUND', () => readModelFile(path));
      expect(error.facts).toMatchObject({ place: path, found: 'ENOENT' });
    });

    it('given a model JSON without weights, then that is told', async () => {
      const path = await edited(({ weightsManifest: _, ...rest }) => rest);
      const error = await errorOf('PRUNEFRONT_MODEL_FORMAT', () => readModelFile(path));
      expect(error.facts.found).toBe('a model.json without weights');
    });

    it('given a truncated weight file, then both sizes are told', async () => {
      const folder = await written();
      await truncate(join(folder, WEIGHTS_FILE), 17);
      const error = await errorOf('PRUNEFRONT_MODEL_FORMAT', () => readModelFile(join(folder, 'model.json')));
      expect(error.facts).toMatchObject({ found: '17 bytes of weights', allowed: expect.stringContaining('56 bytes') });
    });

    it.each([
      ['text that is no JSON', () => 'x'],
      ['a list', () => []],
      ['null', () => null],
      ['a number', () => 3],
      ['another manifest', (json: Record<string, unknown>) => ({ ...json, weightsManifest: [{ nothing: true }] })],
      ['a manifest of strings', (json: Record<string, unknown>) => ({ ...json, weightsManifest: ['weights.bin'] })],
      ['no topology', (json: Record<string, unknown>) => ({ ...json, modelTopology: null })],
      [
        'layers that are no objects',
        (json: Record<string, unknown>) => ({
          ...json,
          modelTopology: { class_name: 'Sequential', config: { layers: [1] } },
        }),
      ],
    ])('given %s, then it is a format error', async (_, edit) => {
      const path = await edited(edit);
      await errorOf('PRUNEFRONT_MODEL_FORMAT', () => readModelFile(path));
    });
  });
});
