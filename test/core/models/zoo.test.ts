import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { costsOf } from '../../../core/models/costs.js';
import { inputShape } from '../../../core/models/described-topology.js';
import { initialWeights } from '../../../core/models/initial-weights.js';
import { modelFiles } from '../../../core/models/model-file.js';
import { prunableKernels } from '../../../core/models/prunable.js';
import { ZOO_NAMES, zooModel } from '../../../core/models/zoo/index.js';
import { Network } from '../../../core/network/network.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { errorOf } from '../../support/errors.js';
import { randomWeights } from '../../support/tiny-networks.js';

const tf = loadTensorFlow();

describe('the zoo', () => {
  it.each([
    ['mnistCnn', 34_826, 2_440_960],
    ['mnistMlp', 50_890, 50_816],
    ['lenet300100', 266_610, 266_200],
    ['lenet5', 431_080, 2_293_000],
    ['residualCnn', 78_426, 9_345_920],
    ['lstm64', 24_458, 660_096],
  ])('given %s, then it has %i parameters and %i multiply-accumulates', (name, parameters, macs) => {
    expect(costsOf(zooModel(name))).toEqual({ parameters, macs });
  });

  it('given its names, then none goes untold here', () => {
    expect(ZOO_NAMES).toEqual(['mnistCnn', 'mnistMlp', 'lenet300100', 'lenet5', 'residualCnn', 'lstm64']);
  });

  it.each(ZOO_NAMES)(
    'given %s, then TensorFlow builds it with as many parameters, ten classes, and its seeded weights',
    async (name) => {
      const topology = zooModel(name);
      const network = await Network.build(tf, topology, initialWeights(topology, 1));
      const { parameters } = costsOf(topology);
      expect(network.read().reduce((sum, { values }) => sum + values.length, 0)).toBe(parameters);
      expect(tf.tidy(() => network.forward(tf.ones([2, ...inputShape(topology)]), null).shape)).toEqual([2, 10]);
      network.dispose();
    },
  );

  it.each(ZOO_NAMES)('given the files of %s, then tfjs loads them and gives the same outputs', async (name) => {
    const topology = zooModel(name);
    const weights = randomWeights(topology, 1);
    const { modelJson, weightsBin } = modelFiles(topology, weights);
    const { modelTopology, weightsManifest } = JSON.parse(modelJson);
    const artifacts = {
      modelTopology,
      weightSpecs: weightsManifest[0].weights,
      weightData: Uint8Array.from(weightsBin).buffer,
    };
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
    const network = await Network.build(tf, topology, weights);
    const difference = tf.tidy(() => {
      const x = tf.randomUniform([4, ...inputShape(topology)], 0, 1, 'float32', 1);
      const expected = network.forward(x, null).softmax();
      return expected
        .sub(loaded.predict(x) as Tensor)
        .abs()
        .max()
        .dataSync()[0];
    });
    expect(difference).toBeLessThan(1e-5);
    loaded.dispose();
    network.dispose();
  });

  it('given any of its models, then every kernel can be pruned, the output layer’s included', () => {
    for (const name of ZOO_NAMES) {
      expect(prunableKernels(zooModel(name)).at(-1)).toMatchObject({ layer: 'dense', units: 10 });
    }
  });

  it('given a misspelt name, then the nearest one is told', async () => {
    const error = await errorOf('PRUNEFRONT_MODEL_NOT_FOUND', () => zooModel('mnistCNN'));
    expect(error.facts.hint).toBe('did you mean mnistCnn?');
  });
});
