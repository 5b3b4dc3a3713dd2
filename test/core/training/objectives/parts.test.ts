import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Network } from '../../../../core/network/network.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { lossAndGradients } from '../../../../core/training/loss-and-gradients.js';
import { clipByGlobalNorm, clipByNorm, clipByValue } from '../../../../core/training/objectives/clipping.js';
import { distilled, softTargets } from '../../../../core/training/objectives/distillation.js';
import { balancedWeights, classWeights, sampleWeights } from '../../../../core/training/objectives/example-weights.js';
import { type Objective, PLAIN_OBJECTIVE } from '../../../../core/training/objectives/index.js';
import { softmaxCrossEntropy } from '../../../../core/training/objectives/losses/softmax-cross-entropy.js';
import { gammaPenalty, l1Penalty, l2Penalty } from '../../../../core/training/objectives/penalties.js';
import { normedNetwork } from '../../../support/normed-network.js';
import { examplesOf } from '../../../support/training-set.js';

const tf = loadTensorFlow();
const data = examplesOf(12, [6], 3);
const x = tf.tensor2d(data.x as Float32Array, [12, 6]);
const labels = tf.tensor1d(data.labels, 'int32');
const seed = tf.tensor1d([3, 4], 'int32') as Tensor1D;
let network: Network;
let teacher: Network;

beforeAll(async () => {
  network = await normedNetwork(tf, 2);
  teacher = await normedNetwork(tf, 5);
});
afterAll(() => {
  network.dispose();
  teacher.dispose();
});

function step(parts: Partial<Objective>, masks = new Map<string, Tensor>(), batch: Tensor[] = [x, labels]) {
  const before = [...network.variables.values()].map((variable) => variable.clone());
  const { loss, gradients } = lossAndGradients(tf, network, batch, seed, masks, { ...PLAIN_OBJECTIVE, ...parts });
  // Moving statistics follow every pass; each of these is to see the same.
  [...network.variables.values()].forEach((variable, i) => {
    const value = before[i];
    if (value !== undefined) variable.assign(value);
  });
  const named = network.trainable.map((name, i): [string, Float32Array] => [
    name,
    Float32Array.from(gradients[i]?.dataSync() ?? []),
  ]);
  return { loss: loss.dataSync()[0] ?? Number.NaN, gradients: new Map(named) };
}

function valuesOf(name: string): number[] {
  return [...((network.variables.get(name) as Variable).dataSync() as Float32Array)];
}

const norm = (values: Iterable<number>): number => Math.sqrt([...values].reduce((sum, value) => sum + value ** 2, 0));
const closeTo = (found: ArrayLike<number> | undefined, expected: readonly number[], digits = 5): void => {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(found?.[i]).toBeCloseTo(value, digits);
  });
};

describe('weights of examples', () => {
  it('given class weights, then the loss is Σ w·loss / n, as in Keras', () => {
    const logits = tf.tensor2d([0.3, 1, -2, 0.5, 0.5, 0.1, 2, 0, 0], [3, 3]);
    const some = tf.tensor1d([0, 2, 1], 'int32');
    const losses = softmaxCrossEntropy.perExample(tf, logits, some).dataSync();
    closeTo(classWeights([0.5, 4, 2])(tf, [logits, some]).dataSync(), [0.5, 2, 4]);
    const [a = 0, b = 0, c = 0] = losses;
    const weighed = softmaxCrossEntropy.perExample(tf, logits, some).mul(classWeights([0.5, 4, 2])(tf, [logits, some]));
    expect(weighed.mean().dataSync()[0]).toBeCloseTo((0.5 * a + 2 * b + 4 * c) / 3, 5);
  });

  it('given weights of one for every class or example, then loss and gradients are the plain ones', () => {
    const plain = step({});
    for (const weighed of [
      step({ weights: classWeights([1, 1, 1]) }),
      step({ weights: sampleWeights(2) }, new Map(), [x, labels, tf.ones([12])]),
    ]) {
      expect(weighed.loss).toBeCloseTo(plain.loss, 6);
      for (const [name, values] of plain.gradients) closeTo(weighed.gradients.get(name), [...values], 6);
    }
  });

  it('given labels that are not even, then balanced weights give each class the same say', () => {
    const uneven = { labels: Int32Array.of(0, 0, 0, 1, 2, 2, 1), train: Int32Array.of(0, 1, 2, 3, 4, 5), classes: 4 };
    expect(balancedWeights(uneven)).toEqual([6 / 12, 6 / 4, 6 / 8, 0]);
  });
});

describe('penalties', () => {
  it.each([
    [
      'l1',
      l1Penalty(0.3),
      ['a/kernel', 'out/kernel'],
      (w: number) => 0.3 * Math.abs(w),
      (w: number) => 0.3 * Math.sign(w),
    ],
    ['l2', l2Penalty(0.3), ['a/kernel', 'out/kernel'], (w: number) => 0.3 * w ** 2, (w: number) => 0.6 * w],
    ['γ', gammaPenalty(0.3), ['norm/gamma'], (w: number) => 0.3 * Math.abs(w), (w: number) => 0.3 * Math.sign(w)],
  ] as const)(
    'given %s, then it adds its value to the loss and its derivative to the gradients of its weights',
    (_, penalty, names, value, derivative) => {
      const plain = step({});
      const { loss, gradients } = step({ penalties: [penalty] });
      const all = names.flatMap(valuesOf);
      expect(loss - plain.loss).toBeCloseTo(
        all.reduce((sum, w) => sum + value(w), 0),
        4,
      );
      for (const [name, values] of plain.gradients) {
        const weights = names.some((each) => each === name) ? valuesOf(name) : null;
        closeTo(
          gradients.get(name),
          [...values].map((g, i) => g + (weights === null ? 0 : derivative(weights[i] ?? 0))),
        );
      }
    },
  );

  it('given a weight that is zero, then L1 leaves it alone', () => {
    const kernel = network.variables.get('a/kernel') as Variable;
    const before = kernel.clone();
    kernel.assign(kernel.mul(tf.range(0, 48).greater(0).cast('float32').reshape([6, 8])) as Tensor);
    const plain = step({}).gradients.get('a/kernel')?.[0] ?? Number.NaN;
    expect(step({ penalties: [l1Penalty(0.3)] }).gradients.get('a/kernel')?.[0]).toBeCloseTo(plain, 6);
    kernel.assign(before);
  });

  it('given a network without batch norm, then there is nothing to add', () => {
    const plain = { ...network, topology: { nodes: [] }, trainable: [], variables: new Map() } as unknown as Network;
    expect(gammaPenalty(1)(tf, plain)).toBeNull();
  });
});

describe('clipping', () => {
  const a = tf.tensor1d([3, -4]);
  const b = tf.tensor2d([[0.1, 12]]);
  const flat = (tensors: readonly Tensor[]): number[] => tensors.flatMap((each) => [...each.dataSync()]);

  it('given a value, then every entry is within it', () => {
    closeTo(flat(clipByValue(3.5)(tf, [a, b])), [3, -3.5, 0.1, 3.5]);
  });

  it('given a norm, then each gradient has at most that norm, and smaller ones are exactly what they were', () => {
    const [first, second] = clipByNorm(6)(tf, [a, b]);
    expect([...(first?.dataSync() ?? [])]).toEqual([3, -4]);
    closeTo(
      second?.dataSync(),
      [0.1, 12].map((value) => (value * 6) / norm([0.1, 12])),
    );
  });

  it('given a global norm, then one factor brings all of them to it', () => {
    const factor = 6.5 / norm([3, -4, 0.1, 12]);
    closeTo(
      flat(clipByGlobalNorm(6.5)(tf, [a, b])),
      [3, -4, 0.1, 12].map((value) => value * factor),
    );
    expect(flat(clipByGlobalNorm(100)(tf, [a, b]))).toEqual(flat([a, b]));
    closeTo(flat(clipByGlobalNorm(1)(tf, [a.zerosLike()])), [0, 0]);
  });

  it('given a diverged gradient, then clipping does not hide it', () => {
    const diverged = clipByGlobalNorm(1)(tf, [tf.tensor1d([Number.NaN, 1]), a]);
    expect(flat(diverged).every(Number.isNaN)).toBe(true);
  });

  it('given masks, then the norm is of what they leave', () => {
    const masks = new Map([['a/kernel', tf.zeros([6, 8])]]);
    const { gradients } = step({ clipping: clipByGlobalNorm(0.01) }, masks);
    expect(gradients.get('a/kernel')?.every((value) => value === 0)).toBe(true);
    expect(norm([...gradients.values()].flatMap((values) => [...values]))).toBeCloseTo(0.01, 6);
  });
});

describe('distillation', () => {
  const logits = tf.tensor2d([1, 2, -1, 0.5, 0, 3], [2, 3]);
  const ofTeacher = tf.tensor2d([2, 0, 1, -1, 1, 0], [2, 3]);
  const softmax = (row: readonly number[]): number[] => {
    const sum = row.reduce((total, value) => total + Math.exp(value), 0);
    return row.map((value) => Math.exp(value) / sum);
  };

  it('given temperature and weight, then the loss is (1 − α)·loss + α·T²·H(teacher, student)', () => {
    const [T, alpha] = [3, 0.4];
    const losses = tf.tensor1d([0.7, 1.1]);
    const targets = tf.softmax(ofTeacher.div(T));
    const found = distilled(tf, { teacher, temperature: T, alpha }, losses, logits, targets).dataSync();
    const rows = (tensor: Tensor): number[][] => tensor.arraySync() as number[][];
    rows(logits).forEach((row, i) => {
      const student = softmax(row.map((value) => value / T));
      const taught = softmax((rows(ofTeacher)[i] ?? []).map((value) => value / T));
      const entropy = -taught.reduce((sum, p, k) => sum + p * Math.log(student[k] ?? 0), 0);
      expect(found[i]).toBeCloseTo((1 - alpha) * ([0.7, 1.1][i] ?? 0) + alpha * T ** 2 * entropy, 4);
    });
  });

  it('given a student that is the teacher, and no say of the labels, then no gradient is left', () => {
    const [T] = [2];
    const targets = tf.softmax(logits.div(T));
    const gradient = tf.grad((own) =>
      distilled(tf, { teacher, temperature: T, alpha: 1 }, tf.zeros([2]), own, targets).sum(),
    )(logits);
    closeTo(gradient.dataSync(), [0, 0, 0, 0, 0, 0], 6);
  });

  it('given a high temperature, then T² keeps the gradient of the size of a squared error between logits', () => {
    const [T] = [200];
    const centered = (tensor: Tensor): Tensor => tensor.sub(tensor.mean(1, true));
    const gradient = tf.grad((own) =>
      distilled(tf, { teacher, temperature: T, alpha: 1 }, tf.zeros([2]), own, tf.softmax(ofTeacher.div(T))).sum(),
    )(logits);
    closeTo(gradient.dataSync(), [...centered(logits).sub(centered(ofTeacher)).div(3).dataSync()], 2);
  });

  it('given a teacher in a step, then it runs as in inference, and neither gradients nor statistics touch it', () => {
    const before = teacher.read();
    const taught = step({ distillation: { teacher, temperature: 2, alpha: 0.5 } });
    expect([...taught.gradients.keys()]).toEqual([...network.trainable]);
    expect(taught.loss).not.toBeCloseTo(step({}).loss, 3);
    expect(teacher.read()).toEqual(before);
    const targets = softTargets(tf, { teacher, temperature: 2, alpha: 0.5 }, x);
    closeTo(targets.dataSync(), [...tf.softmax(teacher.forward(x, null).div(2)).dataSync()], 6);
  });
});
