import { afterAll, describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { ProgramCache } from '../../../core/training/engines/program-cache.js';
import { profileTo } from '../../../core/training/profile/profile.js';
import { UNPRUNED } from '../../../core/training/stage-state.js';
import { TrainingSession } from '../../../core/training/training-session.js';
import { randomWeights, sequentialOf } from '../../support/tiny-networks.js';
import { ADAM } from '../../support/tiny-sweep.js';

const tf = loadTensorFlow();
const topology = sequentialOf(
  [6],
  [
    { class_name: 'Dense', config: { name: 'a', units: 8, activation: 'relu' } },
    { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax' } },
  ],
);
const weights = randomWeights(topology, 2);
const state = { topology, weights, masks: new Map(), ...UNPRUNED };
const data = {
  ...{ x: Float32Array.from({ length: 48 * 6 }, (_, i) => Math.sin(i * 12.9898) * 2), exampleShape: [6], classes: 3 },
  labels: Int32Array.from({ length: 48 }, (_, i) => i % 3),
  ...{
    train: Int32Array.from({ length: 32 }, (_, i) => i),
    validation: Int32Array.of(33, 34),
    test: Int32Array.of(40),
  },
};

describe('the score of a session', () => {
  const programs = new ProgramCache();
  afterAll(() => {
    profileTo(null);
    programs.dispose();
  });

  it('given a model that did not change, when it is scored again, then nothing is computed; after each change it is', async () => {
    let computed = 0;
    profileTo({
      span: (_, name) => {
        if (name === 'score') computed += 1;
        return () => undefined;
      },
    });
    const settings = {
      tf,
      data,
      dataset: 'six',
      optimizer: ADAM,
      batchSize: 16,
      masksKernels: true,
      callMs: 0,
      programs,
    };
    const session = await TrainingSession.start(state, settings);
    const scored = () => {
      const before = computed;
      const score = session.score(data.validation);
      return { score, isNew: computed > before };
    };
    const { score, isNew } = scored();
    expect(isNew).toBe(true);
    expect(scored()).toEqual({ score, isNew: false });
    session.score(data.test);
    expect(scored()).toEqual({ score, isNew: false });
    const changes: (() => unknown)[] = [
      () => session.trainOn([data.train.slice(0, 16)], 1),
      () => session.setMasks(new Map([['a/kernel', new Uint8Array(48)]]), []),
      () => session.writeWeights(new Map([['out/bias', Float32Array.of(9, 0, 0)]])),
      () =>
        session.shrinkTo({
          ...{ topology, weights, slots: new Map(), masks: new Map() },
          pruned: { ...UNPRUNED, surgeryDifference: 0 },
        }),
    ];
    for (const change of changes) {
      await change();
      expect(scored().isNew).toBe(true);
      expect(scored().isNew).toBe(false);
    }
    expect(session.score(data.validation)).toEqual(score);
    session.dispose();
  });
});
