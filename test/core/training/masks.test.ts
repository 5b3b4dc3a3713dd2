import { afterAll, describe, expect, it } from 'vitest';
import type { PreparedData } from '../../../core/datasets/prepare.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import type { OptimizerSpec } from '../../../core/sweep/spec.js';
import type { EngineSettings } from '../../../core/training/engines/open-engine.js';
import { ProgramCache } from '../../../core/training/engines/program-cache.js';
import { type ModelState, UNPRUNED } from '../../../core/training/stage-state.js';
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
  ...UNPRUNED,
};

const examples = 48;
const data: PreparedData = {
  x: Float32Array.from({ length: examples * 6 }, (_, i) => Math.sin(i * 12.9898) * 2),
  exampleShape: [6],
  labels: Int32Array.from({ length: examples }, (_, i) => i % 3),
  classes: 3,
  train: Int32Array.from({ length: examples }, (_, i) => i),
  validation: Int32Array.of(0, 1, 2),
  test: Int32Array.of(3, 4, 5),
};
const SGD = { learningRate: 0.1, nesterov: false };

function settings(optimizer: OptimizerSpec, programs: ProgramCache | null): EngineSettings {
  return { tf, data, dataset: 'six', optimizer, batchSize: 16, masksKernels: true, callMs: 0, programs };
}

function train(session: TrainingSession, step: number): number {
  const batch = data.train.slice((step % 3) * 16, (step % 3) * 16 + 16);
  return session.trainOn([batch], 1)[0] ?? Number.NaN;
}

describe.each(['compiled', 'eager'])('masks in %s training', (how) => {
  const programs = how === 'compiled' ? new ProgramCache() : null;
  afterAll(() => programs?.dispose());

  it.each([
    ['Adam', ADAM],
    ['momentum', { sgd: { ...SGD, momentum: 0.9 } }],
    ['RMSProp', { rmsProp: { learningRate: 0.01, rho: 0.9, momentum: 0.5, epsilon: 1e-7 } }],
    ['plain descent', { sgd: { ...SGD, momentum: 0 } }],
  ] as const)(
    'given %s with slots full of momentum, when masks are set and training goes on, then they hold after every step on weights and slots',
    async (_, spec) => {
      const session = await TrainingSession.start(state, settings(spec, programs));
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
    const session = await TrainingSession.start(state, settings(ADAM, programs));
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
    const session = await TrainingSession.start(state, settings(ADAM, programs));
    expect([...session.readSlots().keys()]).not.toContain('norm/moving_mean');
    const of = (): Float32Array =>
      session.state().weights.find(({ name }) => name === 'norm/moving_mean')?.values ?? new Float32Array();
    const before = of();
    expect(before).toEqual(state.weights.find(({ name }) => name === 'norm/moving_mean')?.values);
    train(session, 1);
    expect(of()).not.toEqual(before);
    session.dispose();
  });
});
