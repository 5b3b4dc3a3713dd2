import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialWeights } from '../../../core/models/initial-weights.js';
import type { NamedTensor } from '../../../core/models/named-tensor.js';
import { orthogonal } from '../../../core/models/orthogonal.js';
import { zooModel } from '../../../core/models/zoo/index.js';
import { createRandom } from '../../../core/random.js';
import { sequentialOf } from '../../support/tiny-networks.js';

const lstm = (config: Record<string, unknown>) =>
  sequentialOf([4, 3], [{ class_name: 'LSTM', config: { name: 'lstm', units: 5, ...config } }]);

function weight(weights: readonly NamedTensor[], name: string): Float32Array {
  return weights.find((each) => each.name === name)?.values ?? new Float32Array();
}

describe('initial weights', () => {
  it.each([
    ['mnistCnn', '3fec430b30ffbac4'],
    ['mnistMlp', '29a13808ac69c250'],
    ['lenet300100', '7124c33327c86a34'],
    ['lenet5', 'bc5aad3729effe83'],
  ])('given %s and a seed, then every bit is what it has always been', (name, digest) => {
    const hash = createHash('sha256');
    for (const { values } of initialWeights(zooModel(name), 7)) hash.update(values);
    expect(hash.digest('hex').slice(0, 16)).toBe(digest);
  });

  it('given a seed twice, then the weights are the same; given another, then the recurrent ones differ as well', () => {
    const of = (seed: number) => initialWeights(lstm({ units: 64 }), seed);
    expect(of(3)).toEqual(of(3));
    expect(weight(of(4), 'lstm/recurrent_kernel')).not.toEqual(weight(of(3), 'lstm/recurrent_kernel'));
  });

  it('given an LSTM, then its recurrent kernel has orthonormal rows', () => {
    const values = weight(initialWeights(lstm({ units: 64 }), 3), 'lstm/recurrent_kernel');
    const row = (i: number) => values.subarray(i * 256, (i + 1) * 256);
    for (let a = 0; a < 64; a++) {
      for (let b = 0; b <= a; b++) expect(inner(row(a), row(b))).toBeCloseTo(a === b ? 1 : 0, 6);
    }
  });

  it('given a gain, then the recurrent kernel is that much longer', () => {
    const gain = { recurrent_initializer: { class_name: 'Orthogonal', config: { gain: 2 } } };
    const plain = weight(initialWeights(lstm({}), 1), 'lstm/recurrent_kernel');
    expect(weight(initialWeights(lstm(gain), 1), 'lstm/recurrent_kernel')).toEqual(plain.map((value) => 2 * value));
  });

  it.each([
    ['an open forget gate', { unit_forget_bias: true }, [0, 1, 0, 0]],
    ['none', { unit_forget_bias: false }, [0, 0, 0, 0]],
    [
      'an open forget gate and another start of the rest',
      { unit_forget_bias: true, bias_initializer: { class_name: 'Constant', config: { value: 0.5 } } },
      [0.5, 1, 0.5, 0.5],
    ],
  ])('given %s, then the bias of the gates i, f, c, o starts so', (_, config, gates) => {
    const bias = weight(initialWeights(lstm(config), 1), 'lstm/bias');
    expect([...bias]).toEqual(gates.flatMap((value) => Array.from({ length: 5 }, () => value)));
  });
});

describe('initial weights of wrapped layers', () => {
  it('given what the wrapped layer’s own config says, then each direction starts so', () => {
    const layer = { class_name: 'LSTM', config: { name: 'lstm', units: 5, unit_forget_bias: true } };
    const topology = sequentialOf([4, 3], [{ class_name: 'Bidirectional', config: { name: 'both', layer } }]);
    const weights = initialWeights(topology, 1);
    for (const direction of ['forward_lstm', 'backward_lstm'])
      expect([...weight(weights, `both/${direction}/bias`)].slice(0, 11)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0]);
    expect(weight(weights, 'both/forward_lstm/kernel')).not.toEqual(weight(weights, 'both/backward_lstm/kernel'));
  });

  it('given an initializer inside of a wrapper, then it is used', () => {
    const ones = { kernel_initializer: { class_name: 'Ones', config: {} } };
    const layer = { class_name: 'Dense', config: { name: 'dense', units: 2, ...ones } };
    const topology = sequentialOf([4, 3], [{ class_name: 'TimeDistributed', config: { name: 'each', layer } }]);
    expect([...weight(initialWeights(topology, 1), 'each/kernel')]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('given a table of embeddings and slopes, then they start as Keras starts them', () => {
    const topology = sequentialOf(
      [4],
      [
        { class_name: 'Embedding', config: { name: 'table', input_dim: 50, output_dim: 4 } },
        { class_name: 'PReLU', config: { name: 'slopes' } },
      ],
    );
    const weights = initialWeights(topology, 1);
    const table = weight(weights, 'table/embeddings');
    expect(Math.max(...table.map(Math.abs))).toBeLessThanOrEqual(0.05);
    expect(Math.max(...table)).toBeGreaterThan(0.04);
    expect([...new Set(weight(weights, 'slopes/alpha'))]).toEqual([0]);
  });
});

describe('orthogonal matrices', () => {
  const size = fc.integer({ min: 1, max: 12 });

  it('given any shape, then the shorter side is orthonormal, and R of the factorisation is triangular with a positive diagonal', () => {
    fc.assert(
      fc.property(size, size, fc.nat(1_000), (rows, columns, seed) => {
        const random = createRandom(seed);
        const drawn: number[] = [];
        const draw = () => {
          const value = random.next() * 2 - 1;
          drawn.push(value);
          return value;
        };
        const q = orthogonal(rows, columns, draw);
        const short = Math.min(rows, columns);
        const long = Math.max(rows, columns);
        expect([q.length, drawn.length]).toEqual([rows * columns, rows * columns]);
        const vector = (i: number) =>
          Array.from({ length: long }, (_, j) => q[rows >= columns ? j * columns + i : i * columns + j] ?? Number.NaN);
        const column = (i: number) => Array.from({ length: long }, (_, j) => drawn[j * short + i] ?? Number.NaN);
        for (let a = 0; a < short; a++) {
          for (let b = 0; b < short; b++) {
            expect(inner(vector(a), vector(b))).toBeCloseTo(a === b ? 1 : 0, 10);
            if (a > b) expect(inner(vector(a), column(b))).toBeCloseTo(0, 10);
          }
          expect(inner(vector(a), column(a))).toBeGreaterThan(0);
        }
      }),
    );
  });
});

function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, value, i) => sum + value * (b[i] ?? Number.NaN), 0);
}
