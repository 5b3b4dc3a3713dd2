import { describe, expect, it } from 'vitest';
import { foldConstants } from '../../../core/models/folding.js';
import type { NamedTensor } from '../../../core/models/named-tensor.js';
import { applyRemoval, planRemoval, type Removal } from '../../../core/models/surgery.js';
import type { Topology } from '../../../core/models/topology.js';
import { errorOf } from '../../support/errors.js';
import { outputError, removalError } from '../../support/removals.js';
import { functionalOf, type Layer, randomWeights, sequentialOf } from '../../support/tiny-networks.js';

const layer = (class_name: string, name: string, config: Record<string, unknown> = {}): Layer => ({
  class_name,
  config: { name, ...config },
});
const dense = (name: string, units: number, config: Record<string, unknown> = {}): Layer =>
  layer('Dense', name, { units, ...config });
const conv = (name: string, filters: number, config: Record<string, unknown> = {}): Layer =>
  layer('Conv2D', name, { filters, kernel_size: [3, 3], padding: 'same', ...config });
const SIGMOID = { activation: 'sigmoid' };
const RELU = { activation: 'relu' };

/** The weights with some of them given. */
function withWeights(topology: Topology, given: Readonly<Record<string, readonly number[]>>): NamedTensor[] {
  return randomWeights(topology, 1).map((tensor) => {
    const values = given[tensor.name];
    return values === undefined ? tensor : { ...tensor, values: Float32Array.from(values) };
  });
}

function values(weights: readonly NamedTensor[], name: string): number[] {
  return [...(weights.find((tensor) => tensor.name === name)?.values ?? [])];
}

/** How far the cut model is from the one that nothing was done to. */
async function lost(topology: Topology, weights: readonly NamedTensor[], remove: Removal): Promise<number> {
  const plan = planRemoval(topology, remove);
  const smaller = foldConstants(topology, weights, remove).weights.map((tensor) => applyRemoval(plan, tensor));
  return outputError({ topology, weights }, { topology: plan.topology, weights: smaller }, 3);
}

describe('folding of constants', () => {
  it('given a sigmoid unit, then the half that it gives without weights is in the next bias', () => {
    const topology = sequentialOf([2], [dense('a', 2, { ...SIGMOID, use_bias: false }), dense('b', 3)]);
    const weights = withWeights(topology, { 'b/kernel': [1, 2, 3, 10, 20, 30], 'b/bias': [0.5, 0, -1] });
    const folded = foldConstants(topology, weights, { a: [1] });
    expect(values(folded.weights, 'b/bias')).toEqual([5.5, 10, 14]);
    expect(values(folded.masked, 'b/bias')).toEqual([0.5, 0, -1]);
    expect(values(folded.masked, 'a/kernel').filter((_, i) => i % 2 === 1)).toEqual([0, 0]);
  });

  it('given units that are dead already, when they are removed, then the model gives what it gave', async () => {
    const topology = sequentialOf([3], [dense('a', 3, SIGMOID), dense('b', 2, RELU), dense('c', 2)]);
    const weights = withWeights(topology, { 'a/kernel': [1, 0, 2, 3, 0, 4, 5, 0, 6], 'b/kernel': [0, 1, 0, 2, 0, 3] });
    expect(await lost(topology, weights, { a: [1], b: [0] })).toBeLessThan(1e-6);
  });

  it('given a shift of batch norm that passes relu, pooling and Flatten, then every position of it is folded', async () => {
    const topology = sequentialOf(
      [4, 4, 1],
      [
        conv('c', 2),
        layer('BatchNormalization', 'norm'),
        layer('ReLU', 'relu'),
        layer('MaxPooling2D', 'pool', { pool_size: [2, 2], strides: [2, 2], padding: 'valid' }),
        layer('Flatten', 'flat'),
        dense('out', 1),
      ],
    );
    const weights = withWeights(topology, {
      'c/kernel': Array.from({ length: 18 }, (_, i) => (i % 2 === 0 ? 0 : 0.1 * i)),
      'c/bias': [3, 0],
      'norm/gamma': [2, 1],
      'norm/beta': [0.5, 0],
      'norm/moving_mean': [1, 0],
      'norm/moving_variance': [3.999, 1],
      'out/kernel': [1, 0, 2, 0, 3, 0, 4, 0],
      'out/bias': [0],
    });
    const { weights: folded } = foldConstants(topology, weights, { c: [0] });
    // 2 · (3 − 1) / √(3.999 + 0.001) + 0.5, at four positions.
    expect(values(folded, 'out/bias')[0]).toBeCloseTo(2.5 * 10, 5);
    expect(await lost(topology, weights, { c: [0] })).toBeLessThan(1e-6);
  });

  it('given a layer without bias before batch norm, then the norm’s mean takes it over', async () => {
    const topology = sequentialOf(
      [5, 5, 1],
      [
        conv('a', 3, SIGMOID),
        conv('b', 2, { padding: 'valid', use_bias: false }),
        layer('BatchNormalization', 'norm'),
        layer('GlobalAveragePooling2D', 'mean'),
        dense('out', 2),
      ],
    );
    const weights = randomWeights(topology, 2);
    const folded = foldConstants(topology, weights, { a: [1] });
    expect(values(folded.weights, 'norm/moving_mean')).not.toEqual(values(weights, 'norm/moving_mean'));
    expect(await removalError(topology, { a: [1] }, 2)).toBeLessThan(1e-5);
  });

  it.each(['valid', 'same'])(
    'given a depthwise layer (%s) before one that zeros pad, then a silent unit loses its kernel there as well',
    async (padding) => {
      const topology = sequentialOf(
        [5, 5, 1],
        [
          conv('a', 3, SIGMOID),
          layer('DepthwiseConv2D', 'depthwise', { kernel_size: [2, 2], padding }),
          conv('b', 2),
          layer('GlobalAveragePooling2D', 'mean'),
          dense('out', 2),
        ],
      );
      const { masked } = foldConstants(topology, randomWeights(topology, 1), { a: [1] });
      const kernel = values(masked, 'depthwise/depthwise_kernel');
      expect(kernel.map((weight, i) => weight === 0 && i % 3 === 1)).toEqual(kernel.map((_, i) => i % 3 === 1));
      expect(await removalError(topology, { a: [1] }, 1)).toBeLessThan(1e-5);
    },
  );

  it('given a batch norm at every step behind a layer without bias, then its mean takes the number over', async () => {
    const norm = layer('TimeDistributed', 'norm', { layer: layer('BatchNormalization', 'inner') });
    const topology = sequentialOf(
      [3, 2],
      [dense('a', 3, SIGMOID), dense('b', 4, { use_bias: false }), norm, layer('Flatten', 'flat'), dense('out', 2)],
    );
    const weights = randomWeights(topology, 2);
    const folded = foldConstants(topology, weights, { a: [1] });
    expect(values(folded.weights, 'norm/moving_mean')).not.toEqual(values(weights, 'norm/moving_mean'));
    expect(await removalError(topology, { a: [1] }, 2)).toBeLessThan(1e-5);
  });

  it('given zeros that pad the next layer, then a shift is silenced where it is not zero, and only there', () => {
    const topology = sequentialOf(
      [4, 4, 1],
      [conv('a', 3, RELU), conv('b', 2), layer('GlobalAveragePooling2D', 'mean'), dense('out', 2)],
    );
    const weights = withWeights(topology, { 'a/bias': [-1, 1, 2] });
    expect(values(foldConstants(topology, weights, { a: [0, 1] }).masked, 'a/bias')).toEqual([-1, 0, 2]);
  });

  it.each([
    ['LSTM', layer('LSTM', 'next', { units: 2, recurrent_activation: 'sigmoid' })],
    ['GRU', layer('GRU', 'next', { units: 2, recurrent_activation: 'sigmoid', reset_after: false })],
    ['SimpleRNN', layer('SimpleRNN', 'next', { units: 2 })],
    [
      'both directions',
      layer('Bidirectional', 'next', {
        merge_mode: 'sum',
        layer: { class_name: 'LSTM', config: { name: 'lstm', units: 2 } },
      }),
    ],
    ['TimeDistributed', layer('TimeDistributed', 'next', { layer: dense('inner', 2) })],
    ['Conv1D', layer('Conv1D', 'next', { filters: 2, kernel_size: [2], padding: 'valid' })],
  ])('given a constant that %s takes at every step, then its bias has it', async (_, next) => {
    const topology = sequentialOf(
      [4, 2],
      [layer('SimpleRNN', 'rnn', { units: 3, return_sequences: true, ...SIGMOID }), next, dense('out', 2)],
    );
    const folded = foldConstants(topology, randomWeights(topology, 1), { rnn: [0, 2] });
    const changed = folded.weights.filter((tensor, i) => tensor !== folded.masked[i]).map(({ name }) => name);
    expect(changed.every((name) => name.endsWith('bias'))).toBe(true);
    expect(changed.length).toBeGreaterThan(0);
    expect(await removalError(topology, { rnn: [0, 2] }, 1)).toBeLessThan(1e-5);
  });

  describe('that cannot be', () => {
    const half = dense('a', 3, SIGMOID);
    const image = conv('a', 3, SIGMOID);
    it.each<readonly [string, readonly number[], readonly Layer[], string, string]>([
      ['zeros that pad the next layer', [4, 4, 1], [image, conv('b', 2), layer('Flatten', 'f')], 'b', 'Conv2D'],
      ['zeros that pad the features', [4, 4, 1], [image, layer('ZeroPadding2D', 'zeros')], 'zeros', 'ZeroPadding2D'],
      [
        'windows that overlap less at the border',
        [4, 4, 1],
        [image, layer('Conv2DTranspose', 'b', { filters: 2, kernel_size: [2, 2] })],
        'b',
        'Conv2DTranspose',
      ],
      ['no bias to take it over', [2], [half, dense('b', 2, { use_bias: false })], 'b', 'Dense'],
      [
        'a state that comes near a number',
        [4, 2],
        [layer('LSTM', 'a', { units: 3, ...SIGMOID })],
        'a',
        'LSTM with sigmoid',
      ],
    ])('given %s, then the layer is named', async (_, shape, layers, place, found) => {
      const topology = sequentialOf(shape, [...layers, dense('out', 2)]);
      const error = await errorOf('PRUNEFRONT_NOT_REMOVABLE', () =>
        foldConstants(topology, randomWeights(topology, 1), { a: [0] }),
      );
      expect(error.facts).toMatchObject({ place, found });
    });

    it('given steps that are left out, then a recurrent layer gives no one number', async () => {
      const rnn = (activation: string) =>
        sequentialOf(
          [4, 2],
          [
            layer('Masking', 'mask', { mask_value: 0 }),
            layer('SimpleRNN', 'rnn', { units: 3, activation, return_sequences: true }),
            layer('LSTM', 'lstm', { units: 3 }),
            dense('out', 2),
          ],
        );
      const sigmoid = rnn('sigmoid');
      const error = await errorOf('PRUNEFRONT_NOT_REMOVABLE', () =>
        foldConstants(sigmoid, randomWeights(sigmoid, 1), { rnn: [0] }),
      );
      expect(error.facts.place).toBe('rnn');
      expect(await removalError(rnn('tanh'), { rnn: [0], lstm: [1] }, 1)).toBeLessThan(1e-5);
    });

    it('given slopes that differ by position, then a number below zero is none after them, and is silenced', async () => {
      const topology = functionalOf(
        [3, 2],
        [
          { ...dense('a', 3), from: ['input'] },
          { ...layer('PReLU', 'slopes'), from: ['a'] },
          { ...dense('out', 2), from: ['slopes'] },
        ],
      );
      const weights = withWeights(topology, { 'a/bias': [-1, 1, 0] });
      expect(values(foldConstants(topology, weights, { a: [0, 1] }).masked, 'a/bias')).toEqual([0, 1, 0]);
    });
  });
});
