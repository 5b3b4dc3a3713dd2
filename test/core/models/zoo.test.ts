import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { costsOf } from '../../../core/models/costs.js';
import { inputShape, outputShape } from '../../../core/models/described-topology.js';
import { initialWeights } from '../../../core/models/initial-weights.js';
import { modelFiles } from '../../../core/models/model-file.js';
import { prunableKernels } from '../../../core/models/prunable.js';
import { ZOO_NAMES, zooModel } from '../../../core/models/zoo/index.js';
import { Network } from '../../../core/network/network.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { errorOf } from '../../support/errors.js';
import { randomWeights } from '../../support/tiny-networks.js';

const tf = loadTensorFlow();

const CLASSIFIERS = [
  ...['mnistCnn', 'guideCnn', 'mnistMlp', 'lenet300100', 'lenet5', 'residualCnn', 'lstm64'],
  ...['mobileNet', 'gru64'],
];

describe('the zoo', () => {
  it.each([
    ['mnistCnn', 34_826, 2_440_960],
    ['guideCnn', 20_410, 93_288],
    ['mnistMlp', 50_890, 50_816],
    ['lenet300100', 266_610, 266_200],
    ['lenet5', 431_080, 2_293_000],
    ['residualCnn', 78_426, 9_345_920],
    ['lstm64', 24_458, 660_096],
    ['mobileNet', 37_706, 2_889_536],
    ['gru64', 18_506, 495_232],
    ['denoisingAutoencoder', 18_817, 1_721_664],
  ])('given %s, then it has %i parameters and %i multiply-accumulates', (name, parameters, macs) => {
    expect(costsOf(zooModel(name))).toEqual({ parameters, macs });
  });

  it('given its names, then none goes untold here', () => {
    expect(ZOO_NAMES).toEqual([...CLASSIFIERS, 'denoisingAutoencoder']);
  });

  it.each(ZOO_NAMES)(
    'given %s, then TensorFlow builds it with as many parameters, its output, and its seeded weights',
    async (name) => {
      const topology = zooModel(name);
      const network = await Network.build(tf, topology, initialWeights(topology, 1));
      const { parameters } = costsOf(topology);
      expect(network.read().reduce((sum, { values }) => sum + values.length, 0)).toBe(parameters);
      expect(tf.tidy(() => network.forward(tf.ones([2, ...inputShape(topology)]), null).shape)).toEqual([
        2,
        ...outputShape(topology),
      ]);
      expect(outputShape(topology)).toEqual(CLASSIFIERS.includes(name) ? [10] : [28, 28, 1]);
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
      const outputs = network.forward(x, null);
      const expected = CLASSIFIERS.includes(name) ? outputs.softmax() : outputs;
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

  it('given any of its models, then the kernel of the output layer can be pruned, too', () => {
    for (const name of CLASSIFIERS) {
      expect(prunableKernels(zooModel(name)).at(-1)).toMatchObject({ layer: 'dense', units: 10 });
    }
    const layers = prunableKernels(zooModel('denoisingAutoencoder')).map(({ layer }) => layer);
    expect(layers).toEqual(['encode1', 'encode2', 'decode1', 'decode2', 'image']);
  });

  it('given a misspelt name, then the nearest one is told', async () => {
    const error = await errorOf('PRUNEFRONT_MODEL_NOT_FOUND', () => zooModel('mnistCNN'));
    expect(error.facts.hint).toBe('did you mean mnistCnn?');
  });
});
