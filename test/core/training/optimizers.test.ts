import { afterEach, describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { createOptimizer } from '../../../core/training/optimizers/index.js';

const tf = loadTensorFlow();

/** Minimises (w - 3)^2 for some steps with our optimizer and with the one of tfjs. */
function race(
  spec: Parameters<typeof createOptimizer>[0],
  theirs: import('@tensorflow/tfjs').Optimizer,
  steps: number,
): [number, number] {
  const ours = createOptimizer(spec);
  let weights = tf.tensor1d([0.5]);
  let slots = ours.slotNames.map(() => tf.tensor1d([0]) as import('@tensorflow/tfjs').Tensor);
  const variable = tf.variable(tf.tensor1d([0.5]));
  for (let step = 0; step < steps; step++) {
    const gradient = weights.sub(3).mul(2);
    const update = ours.update(weights, gradient, slots, ours.numbers(step));
    weights = update.weights as typeof weights;
    slots = [...update.slots];
    theirs.minimize(() => variable.sub(3).square().sum().asScalar());
  }
  return [weights.dataSync()[0] as number, variable.dataSync()[0] as number];
}

describe('optimizers', () => {
  afterEach(() => tf.disposeVariables());

  it('given plain gradient descent, when it minimises a parabola, then it goes the way of tfjs', () => {
    const [ours, theirs] = race({ sgd: { learningRate: 0.05, momentum: 0, nesterov: false } }, tf.train.sgd(0.05), 12);
    expect(ours).toBeCloseTo(theirs, 6);
  });

  it('given momentum, when it minimises a parabola, then it goes the way of tfjs', () => {
    const [ours, theirs] = race(
      { sgd: { learningRate: 0.05, momentum: 0.9, nesterov: false } },
      tf.train.momentum(0.05, 0.9),
      12,
    );
    expect(ours).toBeCloseTo(theirs, 5);
  });

  it('given Adam, when it minimises a parabola, then it goes the way of tfjs', () => {
    const [ours, theirs] = race(
      { adam: { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } },
      tf.train.adam(0.1, 0.9, 0.999, 1e-7),
      12,
    );
    expect(ours).toBeCloseTo(theirs, 4);
  });
});
