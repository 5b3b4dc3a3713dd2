import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import type { Choice } from '../../../../core/registry/index.js';
import { binaryCrossEntropy } from '../../../../core/training/objectives/losses/binary-cross-entropy.js';
import { createLoss } from '../../../../core/training/objectives/losses/index.js';

const tf = loadTensorFlow();
const outputs = [
  [0.3, -1.2, 2],
  [-40, 0.5, 50],
  [0.25, 1, 0],
];
const targets = [
  [0, 1, 1],
  [1, 0.5, 0],
  [0.25, 0, 1],
];
const labels = [2, 0, 1];

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const sigmoidEntropy = (x: number, z: number): number => Math.max(x, 0) - x * z + Math.log1p(Math.exp(-Math.abs(x)));
const huberOf = (delta: number, e: number): number =>
  Math.abs(e) <= delta ? e ** 2 / 2 : delta * Math.abs(e) - delta ** 2 / 2;

/** Each loss of entries with its value and derivative, worked out in JavaScript, and tfjs's own where it has one. */
const LOSSES: readonly {
  name: Choice;
  value: (x: number, z: number) => number;
  derivative: (x: number, z: number) => number;
  own: ((labels: Tensor, predictions: Tensor) => Tensor) | null;
}[] = [
  {
    name: 'binaryCrossEntropy',
    value: sigmoidEntropy,
    derivative: (x, z) => 1 / (1 + Math.exp(-x)) - z,
    own: (z, x) => tf.losses.sigmoidCrossEntropy(z, x),
  },
  {
    name: 'meanSquaredError',
    value: (x, z) => (x - z) ** 2,
    derivative: (x, z) => 2 * (x - z),
    own: (z, x) => tf.losses.meanSquaredError(z, x),
  },
  {
    name: 'meanAbsoluteError',
    value: (x, z) => Math.abs(x - z),
    derivative: (x, z) => Math.sign(x - z),
    own: (z, x) => tf.losses.absoluteDifference(z, x),
  },
  {
    name: { huber: { delta: 1.5 } },
    value: (x, z) => huberOf(1.5, x - z),
    derivative: (x, z) => Math.max(-1.5, Math.min(1.5, x - z)),
    own: (z, x) => tf.losses.huberLoss(z, x, undefined, 1.5),
  },
];

describe.each(LOSSES)('the loss $name', ({ name, value, derivative, own }) => {
  const loss = name === 'binaryCrossEntropy' ? binaryCrossEntropy : createLoss(name);

  it('given outputs and targets, then each example has the mean over its entries', () => {
    const found = loss.perExample(tf, tf.tensor2d(outputs), tf.tensor2d(targets)).dataSync();
    outputs.forEach((row, i) => {
      expect(found[i]).toBeCloseTo(mean(row.map((x, k) => value(x, targets[i]?.[k] ?? 0))), 4);
    });
  });

  it('given outputs and targets, then the mean is that of tfjs', () => {
    const [x, z] = [tf.tensor2d(outputs), tf.tensor2d(targets)];
    expect(loss.perExample(tf, x, z).mean().dataSync()[0]).toBeCloseTo(own?.(z, x).dataSync()[0] ?? 0, 4);
  });

  it('given a kink or none, then the gradient is the derivative, and at a kink that of its middle', () => {
    const found = tf
      .grad((x) => loss.perExample(tf, x, tf.tensor2d(targets)).sum())(tf.tensor2d(outputs))
      .dataSync();
    outputs.flat().forEach((x, i) => {
      expect(found[i]).toBeCloseTo(derivative(x, targets.flat()[i] ?? 0) / 3, 5);
    });
  });

  it('given one output an example and targets without an axis for it, of integers, then they are taken for it', () => {
    const x = tf.tensor2d([[0.3], [-2], [4]]);
    const found = loss.perExample(tf, x, tf.tensor1d([0, 1, 1], 'int32')).dataSync();
    [0.3, -2, 4].forEach((output, i) => {
      expect(found[i]).toBeCloseTo(value(output, [0, 1, 1][i] ?? 0), 5);
    });
  });
});

describe('the second derivative of losses', () => {
  it('given the sigmoid cross-entropy, then it is σ(1 − σ)', () => {
    const loss = binaryCrossEntropy;
    const x = tf.tensor2d([[0.3], [-2]]);
    const first = (at: Tensor): Tensor => tf.grad((own) => loss.perExample(tf, own, tf.tensor1d([0, 1])).sum())(at);
    const found = tf
      .grad((own) => first(own).sum())(x)
      .dataSync();
    [0.3, -2].forEach((value, i) => {
      const sigmoid = 1 / (1 + Math.exp(-value));
      expect(found[i]).toBeCloseTo(sigmoid * (1 - sigmoid), 5);
    });
  });
});

describe('the loss softmaxCrossEntropy', () => {
  const loss = createLoss('softmaxCrossEntropy');
  const x = tf.tensor2d(outputs);
  const y = tf.tensor1d(labels, 'int32');
  const logSumExp = (row: readonly number[]): number => {
    const largest = Math.max(...row);
    return largest + Math.log(row.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  };

  it('given logits and labels, then each example has the negative log of its label’s probability', () => {
    const found = loss.perExample(tf, x, y).dataSync();
    outputs.forEach((row, i) => {
      expect(found[i]).toBeCloseTo(logSumExp(row) - (row[labels[i] ?? 0] ?? 0), 4);
    });
  });

  it('given logits and labels, then the mean is that of tfjs, and of the examples', () => {
    const found = loss.mean?.(tf, x, y).dataSync()[0] ?? Number.NaN;
    expect(found).toBeCloseTo(tf.losses.softmaxCrossEntropy(tf.oneHot(y, 3), x).dataSync()[0] ?? 0, 4);
    expect(found).toBeCloseTo(mean([...loss.perExample(tf, x, y).dataSync()]), 5);
  });

  it('given both forms, then the gradient is the softmax without the label, by the number of examples', () => {
    const ofMean = tf
      .grad((own) => loss.mean?.(tf, own, y) ?? own.sum())(x)
      .dataSync();
    const ofEach = tf
      .grad((own) => loss.perExample(tf, own, y).mean())(x)
      .dataSync();
    outputs.forEach((row, i) => {
      row.forEach((value, k) => {
        const expected = (Math.exp(value - logSumExp(row)) - (labels[i] === k ? 1 : 0)) / 3;
        expect(ofMean[i * 3 + k]).toBeCloseTo(expected, 6);
        expect(ofEach[i * 3 + k]).toBeCloseTo(expected, 6);
      });
    });
  });

  it('given a second derivative, then it is that of the softmax', () => {
    const at = tf.tensor2d([[0.3, -1.2, 2]]);
    const label = tf.tensor1d([2], 'int32');
    const first = (own: Tensor): Tensor => tf.grad((z) => loss.mean?.(tf, z, label) ?? z.sum())(own);
    const found = tf
      .grad((own) =>
        first(own)
          .mul(tf.tensor2d([[1, 0, 0]]))
          .sum(),
      )(at)
      .dataSync();
    const p = [0.3, -1.2, 2].map((value) => Math.exp(value - logSumExp([0.3, -1.2, 2])));
    p.forEach((value, k) => {
      expect(found[k]).toBeCloseTo((p[0] ?? 0) * ((k === 0 ? 1 : 0) - value), 5);
    });
  });
});
