import { describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import type { TrainingObjective } from '../../../../core/sweep/spec.js';
import { openEngine } from '../../../../core/training/engines/open-engine.js';
import { ProgramCache } from '../../../../core/training/engines/program-cache.js';
import { NORMED } from '../../../support/normed-network.js';
import { randomWeights } from '../../../support/tiny-networks.js';
import { ADAM } from '../../../support/tiny-sweep.js';
import { examplesOf } from '../../../support/training-set.js';

const tf = loadTensorFlow();
const data = examplesOf(48, [6], 3);
const batches = [0, 16, 32, 0].map((from) => data.train.slice(from, from + 16));

async function losses(objective: TrainingObjective, programs: ProgramCache | null) {
  const engine = await openEngine(NORMED, randomWeights(NORMED, 2), {
    ...{ tf, data, dataset: 'six', optimizer: ADAM, batchSize: 16, masksKernels: false, callMs: 0 },
    objective,
    programs,
  });
  expect(engine.eagerBecause === null).toBe(programs !== null);
  const found = engine.train(batches, 1, 0);
  engine.dispose();
  return found;
}

describe('the objective of a spec', () => {
  it.each<TrainingObjective>([
    {},
    { classWeights: 'balanced' },
    { classWeights: [1, 0.5, 3] },
    { clip: { globalNorm: 0.1 } },
    { clip: { norm: 0.1 } },
    { clip: { value: 0.01 } },
    { penalty: { l1: 0.01, l2: 0.01, gamma: 0.1 } },
    { classWeights: [1, 0.5, 3], clip: { globalNorm: 0.1 }, penalty: { l2: 0.01 } },
  ])('given %j, when it trains, then compiled it goes the way of eager', async (objective) => {
    const programs = new ProgramCache();
    const compiled = await losses(objective, programs);
    const eager = await losses(objective, null);
    compiled.forEach((loss, i) => {
      expect(loss).toBeCloseTo(eager[i] ?? Number.NaN, 4);
    });
    programs.dispose();
  });

  it('given one process, then objectives do not share a program', async () => {
    const programs = new ProgramCache();
    const plain = await losses({}, programs);
    const weighed = await losses({ classWeights: [1, 0.5, 3] }, programs);
    expect(weighed[0]).not.toBeCloseTo(plain[0] ?? 0, 3);
    expect(programs.size).toBe(2);
    expect(await losses({}, programs)).toEqual(plain);
    expect(programs.size).toBe(2);
    programs.dispose();
  });
});
