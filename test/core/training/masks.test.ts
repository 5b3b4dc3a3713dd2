import { describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { createOptimizer } from '../../../core/training/optimizers/index.js';
import type { ModelState } from '../../../core/training/stage-state.js';
import { TrainingSession } from '../../../core/training/training-session.js';
import { randomWeights, sequentialOf } from '../../support/tiny-networks.js';
import { ADAM } from '../../support/tiny-sweep.js';

const tf = loadTensorFlow();
const topology = sequentialOf(
  [6],
  [
    { class_name: 'Dense', config: { name: 'a', units: 8, activation: 'relu' } },
    { class_name: 'BatchNormalization', config: { name: 'norm' } },
    { class_name: 'Dropout', config: { name: 'drop', rate: 0.2 } },
    { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax' } },
  ],
);
const state: ModelState = {
  topology,
  weights: randomWeights(topology, 2),
  masks: new Map(),
  keptUnits: {},
  floorHit: [],
  surgeryDifference: null,
};

function batch(seed: number): { x: import('@tensorflow/tfjs').Tensor; y: import('@tensorflow/tfjs').Tensor } {
  return {
    x: tf.randomNormal([16, 6], 0, 1, 'float32', seed),
    y: tf.tensor1d(
      Array.from({ length: 16 }, (_, i) => i % 3),
      'int32',
    ),
  };
}

function train(session: TrainingSession, seed: number): number {
  const one = batch(seed);
  const loss = session.trainOn(one, 1);
  tf.dispose([one.x, one.y]);
  return loss;
}

describe('masks in training', () => {
  it.each([
    ['Adam', ADAM],
    ['momentum', { sgd: { learningRate: 0.1, momentum: 0.9 } }],
    ['plain descent', { sgd: { learningRate: 0.1, momentum: 0 } }],
  ] as const)(
    'given %s with slots full of momentum, when masks are set and training goes on, then they hold after every step on weights and slots',
    async (_, spec) => {
      const session = await TrainingSession.start(tf, state, createOptimizer(spec));
      for (let step = 0; step < 4; step++) train(session, step);
      const masks = new Map([
        ['a/kernel', Uint8Array.from({ length: 48 }, (_, i) => (i % 3 === 0 ? 1 : 0))],
        ['out/kernel', Uint8Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? 1 : 0))],
      ]);
      session.setMasks(masks, []);
      for (let step = 0; step < 8; step++) {
        const { weights } = session.state();
        const slots = session.readSlots();
        for (const [name, mask] of masks) {
          const tensors = [
            weights.find((weight) => weight.name === name)?.values ?? new Float32Array(),
            ...(slots.get(name) ?? []),
          ];
          for (const values of tensors) {
            expect(values).toHaveLength(mask.length);
            expect([...values].every((value, i) => mask[i] === 1 || value === 0)).toBe(true);
            expect([...values].some((value, i) => mask[i] === 1 && value !== 0)).toBe(true);
          }
        }
        expect(train(session, 10 + step)).toBeGreaterThan(0);
      }
      session.dispose();
    },
  );

  it('given a session that trains, prunes and is disposed, then no tensor is left', async () => {
    const before = tf.memory().numTensors;
    const session = await TrainingSession.start(tf, state, createOptimizer(ADAM));
    train(session, 1);
    const steady = tf.memory().numTensors;
    for (let step = 2; step < 6; step++) train(session, step);
    expect(tf.memory().numTensors).toBe(steady);
    session.setMasks(new Map([['a/kernel', new Uint8Array(48).fill(1)]]), []);
    session.setMasks(new Map([['a/kernel', new Uint8Array(48)]]), []);
    session.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('given batch norm, then its statistics follow the batches and no gradient touches them', async () => {
    const session = await TrainingSession.start(tf, state, createOptimizer(ADAM));
    expect(session.network.trainable).not.toContain('norm/moving_mean');
    const of = (): Float32Array =>
      session.state().weights.find(({ name }) => name === 'norm/moving_mean')?.values ?? new Float32Array();
    const before = of();
    expect(before).toEqual(state.weights.find(({ name }) => name === 'norm/moving_mean')?.values);
    train(session, 1);
    expect(of()).not.toEqual(before);
    session.dispose();
  });
});
