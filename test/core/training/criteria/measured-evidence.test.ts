import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialWeights } from '../../../../core/models/initial-weights.js';
import { ZOO_NAMES, zooModel } from '../../../../core/models/zoo/index.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { CRITERIA, scoredLayers, unitScores } from '../../../../core/pruning/criteria/index.js';
import type { TrainingObjective } from '../../../../core/sweep/spec.js';
import { type MeasuredEvidence, measureEvidence } from '../../../../core/training/criteria/measured-evidence.js';
import { createObjective } from '../../../../core/training/objectives/index.js';
import { errorOf } from '../../../support/errors.js';
import { NORMED } from '../../../support/normed-network.js';
import { functionalOf, randomWeights, sequentialOf } from '../../../support/tiny-networks.js';
import { examplesOf } from '../../../support/training-set.js';

const tf = loadTensorFlow();
const images = examplesOf(40, [28, 28, 1], 10);
const RECONSTRUCTION: TrainingObjective = { task: { reconstruction: { noise: 0.1, loss: 'meanSquaredError' } } };

describe.each(ZOO_NAMES)('evidence of %s', (model) => {
  const topology = zooModel(model);
  const weights = initialWeights(topology, 3);
  const layers = scoredLayers(topology, weights);
  let evidence: MeasuredEvidence;

  beforeAll(async () => {
    const task = model === 'denoisingAutoencoder' ? RECONSTRUCTION : {};
    const objective = createObjective(task, images);
    const source = { tf, topology, weights, data: images, objective };
    evidence = await measureEvidence({ ...source, seed: 1, examples: 12, batchSize: 6 });
  });
  afterAll(() => evidence.dispose());

  it.each(CRITERIA.names().filter((name) => name !== 'movement' && name !== 'batchNormScale'))(
    'given the criterion %s, then every unit has a score, and what it is made of is compiled',
    (name) => {
      const criterion = CRITERIA.get(name);
      const settings = Object.fromEntries(
        Object.entries(criterion.settings).map(([key, setting]) => [key, key === 'examples' ? 4 : setting.default]),
      );
      for (const layer of layers) {
        const scores = unitScores(criterion, layer, evidence, settings);
        expect(scores).toHaveLength(layer.units);
        expect(scores.every(Number.isFinite)).toBe(true);
        expect(scores.length === 1 || scores.some((score) => score !== 0)).toBe(true);
      }
      expect(evidence.eagerBecause()).toBeNull();
    },
  );
});

describe('evidence', () => {
  const three = examplesOf(20, [4], 3);
  const dense = sequentialOf(
    [4],
    [
      { class_name: 'Dense', config: { name: 'a', units: 5, activation: 'relu' } },
      { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax' } },
    ],
  );
  const open: MeasuredEvidence[] = [];
  afterAll(() => {
    for (const each of open) each.dispose();
  });

  async function evidenceOf(
    topology: Parameters<typeof measureEvidence>[0]['topology'],
    data = three,
    examples = 20,
  ): Promise<MeasuredEvidence> {
    const weights = randomWeights(topology, 2);
    const evidence = await measureEvidence({ tf, topology, weights, data, seed: 1, examples, batchSize: 8 });
    open.push(evidence);
    return evidence;
  }

  it('given examples, then norms of inputs are those of their features', async () => {
    const evidence = await evidenceOf(dense);
    const norms = evidence.inputNorms().get('a/kernel');
    [0, 1, 2, 3].forEach((feature) => {
      const column = Array.from(three.train, (example) => three.x[example * 4 + feature] ?? 0);
      expect(norms?.[feature]).toBeCloseTo(Math.hypot(...column), 4);
    });
    expect(evidence.inputNorms().get('out/kernel')).toHaveLength(5);
    expect(evidence.eagerBecause()).toBeNull();
  });

  it('given every kind of kernel, then norms have an entry for each place of its input', async () => {
    const topology = sequentialOf(
      [6, 6, 2],
      [
        {
          class_name: 'SeparableConv2D',
          config: { name: 'separable', filters: 4, kernel_size: [3, 3], depth_multiplier: 2, padding: 'same' },
        },
        { class_name: 'Conv2DTranspose', config: { name: 'wider', filters: 3, kernel_size: [2, 2] } },
        { class_name: 'Reshape', config: { name: 'rows', target_shape: [7, 21] } },
        {
          class_name: 'GRU',
          config: { name: 'gru', units: 4, recurrent_activation: 'sigmoid', return_sequences: true },
        },
        { class_name: 'LSTM', config: { name: 'lstm', units: 3, recurrent_activation: 'sigmoid' } },
        { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax' } },
      ],
    );
    const evidence = await evidenceOf(topology, examplesOf(20, [6, 6, 2], 3));
    const lengths = [...evidence.inputNorms()].map(([name, { length }]) => [name, length]);
    expect(lengths).toEqual([
      ['separable/pointwise_kernel', 4],
      ['wider/kernel', 4],
      ['gru/kernel', 21],
      ['gru/recurrent_kernel', 4],
      ['lstm/kernel', 4],
      ['lstm/recurrent_kernel', 3],
      ['out/kernel', 3],
    ]);
    expect(evidence.eagerBecause()).toBeNull();
  });

  it('given gradients of single examples, then their mean is the gradient of the mean loss', async () => {
    const evidence = await evidenceOf(dense);
    const { examples, values } = evidence.exampleGradients('a/kernel', 100);
    expect(examples).toBe(20);
    evidence
      .gradients()
      .get('a/kernel')
      ?.forEach((expected, i) => {
        let sum = 0;
        for (let example = 0; example < examples; example++) sum += values[example * 20 + i] ?? 0;
        expect(sum / examples).toBeCloseTo(expected, 6);
      });
    expect(evidence.exampleGradients('a/kernel', 3).values).toEqual(values.subarray(0, 60));
  });

  it('given an activation behind batch norm, then zeros and ranks are those behind it', async () => {
    const topology = functionalOf(
      [6, 6, 1],
      [
        { class_name: 'Conv2D', config: { name: 'conv', filters: 4, kernel_size: [3, 3] }, from: ['input'] },
        { class_name: 'BatchNormalization', config: { name: 'norm' }, from: ['conv'] },
        { class_name: 'Activation', config: { name: 'relu', activation: 'relu' }, from: ['norm'] },
        { class_name: 'GlobalAveragePooling2D', config: { name: 'mean' }, from: ['relu'] },
        { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax' }, from: ['mean'] },
      ],
    );
    const evidence = await evidenceOf(topology, examplesOf(20, [6, 6, 1], 3));
    expect(evidence.outputs().get('conv')).toEqual(evidence.outputs().get('relu'));
    expect(
      evidence
        .outputs()
        .get('conv')
        ?.zeros.some((zeros) => zeros > 0),
    ).toBe(true);
    expect(
      evidence
        .featureRanks()
        .get('conv')
        ?.every((rank) => rank >= 0 && rank <= 4),
    ).toBe(true);
    const gamma = randomWeights(topology, 2).find(({ name }) => name === 'norm/gamma')?.values;
    expect(evidence.scaleBehind('conv')).toEqual(gamma);
    expect(evidence.scaleBehind('out')).toBeNull();
  });

  it('given other weights, then what is measured is theirs', async () => {
    const evidence = await evidenceOf(dense);
    const before = evidence.synapticFlow().get('out/kernel');
    expect(evidence.synapticFlow().get('out/kernel')).toBe(before);
    evidence.writeWeights(new Map([['a/kernel', new Float32Array(20)]]));
    // What is left is the flow of biases.
    expect(evidence.synapticFlow().get('out/kernel')).not.toEqual(before);
    expect(evidence.gradients().get('out/kernel')).toBeDefined();
    expect(evidence.eagerBecause()).toBeNull();
  });

  it('given no training, then movement is refused', async () => {
    const evidence = await evidenceOf(dense);
    await errorOf('PRUNEFRONT_SPEC_CONFLICT', () => evidence.movement());
    const movement = new Map([['a/kernel', new Float32Array(20)]]);
    evidence.writeWeights(new Map(), movement);
    expect(evidence.movement()).toBe(movement);
  });

  it('given a label, then random numbers are the same for the same seed', async () => {
    const [a, b] = [await evidenceOf(dense), await evidenceOf(dense)];
    expect(a.random('x')()).toBe(b.random('x')());
    expect(a.random('x')()).not.toBe(a.random('y')());
  });

  it('given every measure, when it is disposed, then no tensor is left', async () => {
    const measure = async (): Promise<void> => {
      const six = examplesOf(20, [6], 3);
      const weights = randomWeights(NORMED, 2);
      const evidence = await measureEvidence({
        tf,
        topology: NORMED,
        weights,
        data: six,
        seed: 1,
        examples: 12,
        batchSize: 8,
      });
      evidence.gradients();
      evidence.hessianGradient(200);
      evidence.synapticFlow();
      evidence.outputs();
      evidence.inputNorms();
      evidence.featureRanks();
      evidence.exampleGradients('a/kernel', 4);
      evidence.scaleBehind('a');
      expect(evidence.eagerBecause()).toBeNull();
      evidence.dispose();
    };
    await measure();
    const before = tf.memory().numTensors;
    await measure();
    expect(tf.memory().numTensors).toBe(before);
  });
});
