import type { SymbolicTensor } from '@tensorflow/tfjs';
import { afterEach, describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { AGREEMENT, relativeDifference } from '../../../../core/training/engines/agreement.js';
import { LayersStep, seedsOf } from '../../../support/layers-models.js';

const tf = loadTensorFlow();
const { layers } = tf;
type Build = (x: SymbolicTensor) => SymbolicTensor;
const one =
  (layer: { apply(x: SymbolicTensor): unknown }): Build =>
  (x) =>
    layer.apply(x) as SymbolicTensor;
const branches =
  (merge: { apply(x: SymbolicTensor[]): unknown }): Build =>
  (x) => {
    const unitsOf = (): SymbolicTensor => layers.dense({ units: 5, activation: 'tanh' }).apply(x) as SymbolicTensor;
    return merge.apply([unitsOf(), unitsOf()]) as SymbolicTensor;
  };
/** Small enough for unnormalized random models not to diverge. */
const RATE = 0.01;
const IMAGE = [7, 6, 3];
const SIGNAL = [9, 3];
const FLAT = [6];

const CASES: readonly (readonly [name: string, shape: readonly number[], build: () => Build, vocabulary?: number])[] = [
  ['Dense', FLAT, () => one(layers.dense({ units: 4, activation: 'relu' }))],
  ['Dense with tanh, without bias', FLAT, () => one(layers.dense({ units: 4, activation: 'tanh', useBias: false }))],
  ['Dense on a sequence', SIGNAL, () => one(layers.dense({ units: 4, activation: 'sigmoid' }))],
  ['Conv1D', SIGNAL, () => one(layers.conv1d({ filters: 4, kernelSize: 3, activation: 'relu' }))],
  [
    'Conv1D with strides, padded',
    SIGNAL,
    () => one(layers.conv1d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' })),
  ],
  [
    'Conv1D that looks back alone',
    SIGNAL,
    () => one(layers.conv1d({ filters: 4, kernelSize: 3, padding: 'causal', activation: 'relu' })),
  ],
  ['Conv1D, dilated', SIGNAL, () => one(layers.conv1d({ filters: 4, kernelSize: 3, dilationRate: 2 }))],
  ['Conv2D, dilated', IMAGE, () => one(layers.conv2d({ filters: 4, kernelSize: 2, dilationRate: 2, padding: 'same' }))],
  ['DepthwiseConv2D, dilated', IMAGE, () => one(layers.depthwiseConv2d({ kernelSize: 2, dilationRate: [3, 2] }))],
  [
    'SeparableConv2D, dilated',
    IMAGE,
    () => one(layers.separableConv2d({ filters: 4, kernelSize: 2, dilationRate: 2 })),
  ],
  ['Conv2D', IMAGE, () => one(layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu' }))],
  ['Conv2D, padded', IMAGE, () => one(layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same' }))],
  ['Conv2D with strides', IMAGE, () => one(layers.conv2d({ filters: 4, kernelSize: [3, 2], strides: [2, 1] }))],
  [
    'DepthwiseConv2D',
    IMAGE,
    () => one(layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, activation: 'relu' })),
  ],
  ['SeparableConv2D', IMAGE, () => one(layers.separableConv2d({ filters: 4, kernelSize: 3, padding: 'same' }))],
  [
    'Conv2DTranspose',
    IMAGE,
    () => one(layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' })),
  ],
  ['MaxPooling1D', SIGNAL, () => one(layers.maxPooling1d({ poolSize: 2 }))],
  ['AveragePooling1D', SIGNAL, () => one(layers.averagePooling1d({ poolSize: 3, strides: 2, padding: 'same' }))],
  ['MaxPooling2D', IMAGE, () => one(layers.maxPooling2d({ poolSize: 2 }))],
  ['MaxPooling2D, padded', IMAGE, () => one(layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }))],
  ['AveragePooling2D', IMAGE, () => one(layers.averagePooling2d({ poolSize: 2, strides: 1, padding: 'same' }))],
  ['GlobalMaxPooling1D', SIGNAL, () => one(layers.globalMaxPooling1d({}))],
  ['GlobalAveragePooling1D', SIGNAL, () => one(layers.globalAveragePooling1d())],
  ['GlobalMaxPooling2D', IMAGE, () => one(layers.globalMaxPooling2d({}))],
  ['GlobalAveragePooling2D', IMAGE, () => one(layers.globalAveragePooling2d({}))],
  ['BatchNormalization of images', IMAGE, () => one(layers.batchNormalization())],
  ['BatchNormalization of vectors', FLAT, () => one(layers.batchNormalization({ momentum: 0.9, epsilon: 1e-2 }))],
  [
    'BatchNormalization without scale and center',
    FLAT,
    () => one(layers.batchNormalization({ scale: false, center: false })),
  ],
  ['LayerNormalization', SIGNAL, () => one(layers.layerNormalization())],
  ['Dropout', FLAT, () => one(layers.dropout({ rate: 0.4 }))],
  ['SpatialDropout1D', SIGNAL, () => one(layers.spatialDropout1d({ rate: 0.4 }))],
  ['GaussianNoise', FLAT, () => one(layers.gaussianNoise({ stddev: 0.3 }))],
  ['GaussianDropout', FLAT, () => one(layers.gaussianDropout({ rate: 0.3 }))],
  ['AlphaDropout', FLAT, () => one(layers.alphaDropout({ rate: 0.3 }))],
  ['Add', FLAT, () => branches(layers.add())],
  ['Multiply', FLAT, () => branches(layers.multiply())],
  ['Average', FLAT, () => branches(layers.average())],
  ['Maximum', FLAT, () => branches(layers.maximum())],
  ['Minimum', FLAT, () => branches(layers.minimum())],
  ['Concatenate', FLAT, () => branches(layers.concatenate())],
  ['Dot', FLAT, () => branches(layers.dot({ axes: 1 }))],
  ['Embedding', [7], () => one(layers.embedding({ inputDim: 11, outputDim: 4 })), 11],
  ['LSTM', SIGNAL, () => one(layers.lstm({ units: 4 }))],
  [
    'LSTM of sequences',
    SIGNAL,
    () => one(layers.lstm({ units: 4, returnSequences: true, recurrentActivation: 'sigmoid' })),
  ],
  ['GRU', SIGNAL, () => one(layers.gru({ units: 4 }))],
  [
    'GRU of sequences',
    SIGNAL,
    () => one(layers.gru({ units: 4, returnSequences: true, recurrentActivation: 'sigmoid' })),
  ],
  ['SimpleRNN', SIGNAL, () => one(layers.simpleRNN({ units: 4 }))],
  [
    'GRU of a single step behind another one',
    [1, 3],
    () => (x) => one(layers.gru({ units: 3 }))(one(layers.gru({ units: 4, returnSequences: true }))(x)),
  ],
  ['LSTM with dropout', SIGNAL, () => one(layers.lstm({ units: 4, dropout: 0.2, recurrentDropout: 0.3 }))],
  [
    'Bidirectional',
    SIGNAL,
    () => one(layers.bidirectional({ layer: layers.lstm({ units: 3 }) as never, mergeMode: 'concat' })),
  ],
  [
    'TimeDistributed',
    SIGNAL,
    () => one(layers.timeDistributed({ layer: layers.dense({ units: 4, activation: 'relu' }) })),
  ],
  ['PReLU', FLAT, () => one(layers.prelu())],
  ['LeakyReLU', FLAT, () => one(layers.leakyReLU({ alpha: 0.2 }))],
  ['ELU', FLAT, () => one(layers.elu({ alpha: 1 }))],
  ['ThresholdedReLU', FLAT, () => one(layers.thresholdedReLU({ theta: 0.1 }))],
  ['ReLU with a ceiling', FLAT, () => one(layers.reLU({ maxValue: 0.5 }))],
  ['Softmax', FLAT, () => one(layers.softmax())],
  ['Activation', FLAT, () => one(layers.activation({ activation: 'swish' }))],
  ['UpSampling2D', IMAGE, () => one(layers.upSampling2d({ size: [2, 2] }))],
  ['ZeroPadding2D', IMAGE, () => one(layers.zeroPadding2d({ padding: 1 }))],
  [
    'Cropping2D',
    IMAGE,
    () =>
      one(
        layers.cropping2D({
          cropping: [
            [1, 1],
            [1, 0],
          ],
        }),
      ),
  ],
  ['Reshape', IMAGE, () => one(layers.reshape({ targetShape: [14, 9] }))],
  ['Flatten', IMAGE, () => one(layers.flatten())],
  ['Permute', SIGNAL, () => one(layers.permute({ dims: [2, 1] }))],
  ['RepeatVector', FLAT, () => one(layers.repeatVector({ n: 3 }))],
];

const ROWS = CASES.map(([name, shape, build, vocabulary]) => ({ name, shape, build, vocabulary }));
const NONE = new Float32Array();

/** The layer between a layer that gives it a gradient to pass on and one that weighs its output. */
function stepOf(shape: readonly number[], build: Build, vocabulary?: number): LayersStep {
  const input = tf.input({ shape: [...shape] });
  const before =
    vocabulary === undefined
      ? (layers.dense({ units: shape.at(-1) ?? 1, name: 'before' }).apply(input) as SymbolicTensor)
      : input;
  const built = build(before);
  const flat = built.shape.length === 2 ? built : (layers.flatten().apply(built) as SymbolicTensor);
  const out = layers.dense({ units: 2, name: 'after' }).apply(flat) as SymbolicTensor;
  return new LayersStep(tf.model({ inputs: input, outputs: out }), 4, vocabulary ?? null);
}

describe('a step of a small model', () => {
  afterEach(() => tf.disposeVariables());

  it.each(ROWS)(
    'given a layer $name, when its step is compiled, then loss, gradients and moving statistics are those of eager on a batch that no trace saw',
    ({ name, shape, build, vocabulary }) => {
      const step = stepOf(shape, build(), vocabulary);
      const program = step.compile();
      const unseen = step.values(step.batchSize, 3);
      const eager = step.trace(unseen, 5);
      const compiled = program.call('step', { values: unseen }, seedsOf(5, 1));
      expect(compiled.outputs).toHaveLength(1 + step.trainable.length);
      eager.outputs.forEach(({ values }, i) => {
        expect(relativeDifference(values, compiled.outputs[i] ?? NONE), `output ${i}`).toBeLessThanOrEqual(AGREEMENT);
      });
      expect([...compiled.changes.keys()]).toEqual([...eager.changes.keys()]);
      expect(eager.changes.size).toBe(name.startsWith('BatchNorm') ? 2 : 0);
      for (const [weight, { values }] of eager.changes)
        expect(relativeDifference(values, compiled.changes.get(weight) ?? NONE), weight).toBeLessThanOrEqual(AGREEMENT);
      // Every gradient says something: a graph of zeros would agree with anything.
      expect(eager.outputs.slice(1).some(({ values }) => values.some((value) => value !== 0))).toBe(true);
      program.dispose();
    },
  );

  it.each(ROWS)(
    'given a layer $name, when three steps run compiled and eagerly, then the weights are the same',
    ({ shape, build, vocabulary }) => {
      const step = stepOf(shape, build(), vocabulary);
      const program = step.compile();
      const batches = [4, 5, 6].map((seed) => step.values(step.batchSize, seed));
      const losses = batches.map((values, i) => {
        return program.train(step.batchSize, { values }, seedsOf(i, 1), Float32Array.of(RATE))[0];
      });
      const eager = batches.map((values, i) => step.descend(values, RATE, i));
      losses.forEach((loss, i) => {
        expect(loss).toBeCloseTo(eager[i] ?? Number.NaN, 4);
      });
      const weights = program.readWeights();
      for (const [name, values] of step.weights())
        expect(relativeDifference(values, weights.get(name) ?? new Float32Array()), name).toBeLessThanOrEqual(
          AGREEMENT,
        );
      program.dispose();
    },
  );
});
