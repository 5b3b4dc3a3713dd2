import type { Tensor } from '@tensorflow/tfjs';
import { afterAll, describe, expect, it } from 'vitest';
import { Network } from '../../../../core/network/network.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { openEngine } from '../../../../core/training/engines/open-engine.js';
import { ProgramCache } from '../../../../core/training/engines/program-cache.js';
import { engineSettings, takeSteps } from '../../../support/engines.js';
import { NORMED } from '../../../support/normed-network.js';
import { randomWeights, sequentialOf } from '../../../support/tiny-networks.js';
import { examplesOf } from '../../../support/training-set.js';

const tf = loadTensorFlow();
const data = examplesOf(48, [6], 3);
const WIDE = sequentialOf(
  [6],
  [
    { class_name: 'Dense', config: { name: 'a', units: 20, activation: 'relu' } },
    { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax' } },
  ],
);
const student = randomWeights(NORMED, 2);
const teacherOf = (seed: number) => ({ topology: WIDE, weights: randomWeights(WIDE, seed) });

function open(programs: ProgramCache | null, seed: number, alpha = 0.7) {
  const distillation = { teacher: teacherOf(seed), temperature: 3, alpha };
  return openEngine(NORMED, student, engineSettings(data, programs, { dataset: 'six', distillation }));
}

/** Mean of α · T² · H(teacher, student) + (1 − α) · H(labels, student) over the first batch. */
async function lossByHand(weights: typeof student, teacher: ReturnType<typeof teacherOf>, alpha: number) {
  const networks = [await Network.build(tf, WIDE, weights), await Network.build(tf, WIDE, teacher.weights)] as const;
  const value = tf.tidy(() => {
    const x = tf.tensor(data.x.slice(0, 16 * 6), [16, 6]);
    const labels = tf.oneHot(tf.tensor1d([...data.labels.slice(0, 16)], 'int32'), 3);
    const [own, taught] = networks.map((network) => network.forward(x, null)) as [Tensor, Tensor];
    const soft = tf
      .softmax(taught.div(3))
      .mul(tf.logSoftmax(own.div(3)))
      .sum(1)
      .neg();
    const hard = labels.mul(tf.logSoftmax(own)).sum(1).neg();
    return soft
      .mul(alpha * 9)
      .add(hard.mul(1 - alpha))
      .mean()
      .dataSync()[0];
  });
  for (const network of networks) network.dispose();
  return value ?? Number.NaN;
}

describe('an engine with a teacher', () => {
  const programs = new ProgramCache();
  afterAll(() => programs.dispose());

  it('given a batch, then compiled it goes the way of eager, and holds no weights but its own', async () => {
    const compiled = await open(programs, 7);
    const eager = await open(null, 7);
    expect(compiled.eagerBecause).toBeNull();
    const expected = takeSteps(eager, data, 0, 6);
    takeSteps(compiled, data, 0, 6).forEach((loss, i) => {
      expect(loss).toBeCloseTo(expected[i] ?? Number.NaN, 4);
    });
    expect([...compiled.readWeights().keys()]).toEqual([...eager.readWeights().keys()]);
    compiled.dispose();
    eager.dispose();
  });

  it('given the teacher of another sweep, then the same program learns from that one', async () => {
    const first = await open(programs, 7);
    const [before] = takeSteps(first, data, 0, 1);
    first.dispose();
    const { size } = programs;
    const other = await open(programs, 8);
    const [changed] = takeSteps(other, data, 0, 1);
    other.dispose();
    const again = await open(programs, 7);
    expect(takeSteps(again, data, 0, 1)).toEqual([before]);
    again.dispose();
    expect(changed).not.toBeCloseTo(before ?? 0, 3);
    expect(programs.size).toBe(size);
    const alone = await openEngine(NORMED, student, engineSettings(data, programs, { dataset: 'six' }));
    expect(takeSteps(alone, data, 0, 1)[0]).not.toBeCloseTo(before ?? 0, 3);
    alone.dispose();
    expect(programs.size).toBe(size + 1);
  });

  it('given a network without batch norm or dropout, then the loss is Hinton’s', async () => {
    const weights = randomWeights(WIDE, 4);
    const distillation = { teacher: teacherOf(7), temperature: 3, alpha: 0.7 };
    const expected = await lossByHand(weights, distillation.teacher, 0.7);
    for (const kept of [programs, null]) {
      const settings = engineSettings(data, kept, { dataset: 'six', distillation });
      const engine = await openEngine(WIDE, weights, settings);
      expect(takeSteps(engine, data, 0, 1)[0]).toBeCloseTo(expected, 4);
      engine.dispose();
    }
  });

  it('given an engine that is disposed, then no tensor of the teacher is left', async () => {
    const before = tf.memory().numTensors;
    (await open(null, 9)).dispose();
    (await open(programs, 9, 0.2)).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
