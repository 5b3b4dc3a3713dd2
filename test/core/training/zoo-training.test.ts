import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StageRecord } from '../../../core/sweep/observation.js';
import type { Method } from '../../../core/sweep/spec.js';
import type { Stage } from '../../../core/sweep/stage.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { ADAM, type TinySweep, tinySweep } from '../../support/tiny-sweep.js';

/** 300 images in batches of 32: ten steps an epoch. */
const SIXTY_STEPS = { epochs: 6, batchSize: 32, optimizer: ADAM };

describe.each([
  { name: 'residualCnn', parameters: 78_426, kernels: 77_072, granularity: 'filter', halved: 20_146 },
  { name: 'lstm64', parameters: 24_458, kernels: 24_192, granularity: 'unit', halved: 8_138 },
] as const)('stages of $name on real images', ({ name, parameters, kernels, granularity, halved }) => {
  const temporaryFolder = temporaryFolders(afterAll);
  let sweep: TinySweep;
  let baseline: Stage;
  let dense: StageRecord;

  beforeAll(async () => {
    sweep = await tinySweep(await temporaryFolder());
    baseline = sweep.baseline({ zoo: name }, [], SIXTY_STEPS);
    dense = await sweep.run(baseline);
  });

  const prune = (method: Method) =>
    sweep.run(
      sweep.child(baseline, {
        kind: 'prune',
        method,
        sparsity: 0.5,
        schedule: 'oneShot',
        rewind: 'none',
        training: { ...SIXTY_STEPS, epochs: 2 },
      }),
    );

  it('given sixty steps, then the loss falls and it knows digits better than chance', () => {
    const epochs = dense.observation.curve.filter(({ validationAccuracy }) => validationAccuracy !== null);
    expect(epochs.map(({ step }) => step)).toEqual([10, 20, 30, 40, 50, 60]);
    expect(epochs.at(-1)?.loss).toBeLessThan(0.7 * (epochs[0]?.loss ?? 0));
    expect(dense.observation.validation.accuracy).toBeGreaterThan(0.4);
    expect(dense.observation.parameters).toBe(parameters);
  });

  it.each(['global', 'layer'] as const)(
    'given weights pruned with the scope %s, then exactly half of them are zero',
    async (scope) => {
      const { observation } = await prune({ granularity: 'weight', criterion: 'magnitude', scope });
      expect(observation.reachedSparsity).toBeCloseTo(0.5, 4);
      const nonzero = observation.layers.reduce((sum, layer) => sum + layer.nonzero, 0);
      expect(Math.abs(nonzero - kernels / 2)).toBeLessThanOrEqual(observation.layers.length);
      expect(observation.nonzeroMacs).toBeLessThan(0.8 * observation.macs);
    },
  );

  it('given half of its units removed, then the smaller model is proven on the probe batch and trains on', async () => {
    const { observation } = await prune({ granularity, criterion: 'l1', scope: 'layer' });
    expect(observation).toMatchObject({ parameters: halved, reachedSparsity: 0.5 });
    expect(observation.surgeryDifference).toBeLessThan(1e-4);
    expect(observation.validation.loss).toBeLessThan(observation.afterPruning?.loss ?? 0);
  });
});
