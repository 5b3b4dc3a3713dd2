import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stage } from '../../../../core/sweep/stage.js';
import { storeLayersModel } from '../../../../core/training/stages/initial-state.js';
import { errorOf } from '../../../support/errors.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { randomWeights, sequentialOf } from '../../../support/tiny-networks.js';
import { type TinySweep, TRAINING, trainedSweep } from '../../../support/tiny-sweep.js';

describe('stages that diverge', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  let sweep: TinySweep;
  let baseline: Stage;

  beforeAll(async () => {
    ({ sweep, baseline } = await trainedSweep(await temporaryFolder()));
  });

  it('given a learning rate that is far too high, then the stage fails as diverged', async () => {
    const sgd = { sgd: { learningRate: 1e30, momentum: 0.9, nesterov: false } };
    const error = await errorOf('PRUNEFRONT_DIVERGED', () =>
      sweep.run(sweep.child(baseline, { kind: 'tune', training: { ...TRAINING, optimizer: sgd } })),
    );
    expect(error.facts.place).toMatch(/^step \d+ of \d+$/);
    expect(error.facts.hint).toBe('lower the learning rate');
  });

  it('given the penalty of a criterion that is far too strong, then the stage fails as diverged and names it', async () => {
    const training = { ...TRAINING, penalty: { l1: 1e30 } };
    const error = await errorOf('PRUNEFRONT_DIVERGED', () =>
      sweep.run(sweep.child(baseline, { kind: 'tune', training })),
    );
    expect(error.facts.hint).toMatch(/penalty: l1 of 1e\+30, of the baseline or of a criterion/);
  });

  it('given weights so large that the outputs are no numbers, then the baseline fails as diverged, trained or not', async () => {
    const layers = [
      { class_name: 'Flatten', config: { name: 'flat' } },
      { class_name: 'Dense', config: { name: 'hidden', units: 8 } },
      { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } },
    ];
    const topology = sequentialOf([28, 28, 1], layers);
    const weights = randomWeights(topology, 1).map((weight) => ({
      ...weight,
      values: weight.values.map((value) => value * 1e20),
    }));
    const stored = await storeLayersModel({ topology, weights }, sweep.store);
    const stage = sweep.baseline({ stored }, [], { ...TRAINING, epochs: 0 });
    const { facts } = await errorOf('PRUNEFRONT_DIVERGED', () => sweep.run(stage));
    expect(facts).toMatchObject({ place: 'validation', allowed: 'a finite loss' });
  });
});
