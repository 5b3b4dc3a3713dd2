import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StageRecord } from '../../../core/sweep/observation.js';
import type { Method } from '../../../core/sweep/spec.js';
import type { Stage } from '../../../core/sweep/stage.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { ADAM, pruning, type TinySweep, tinySweep } from '../../support/tiny-sweep.js';

/** 300 images in batches of 32: ten steps an epoch. */
const steps = (count: number) => ({ epochs: count / 10, batchSize: 32, optimizer: ADAM });

describe.each([
  { name: 'residualCnn', taken: 60, parameters: 78_426, kernels: 77_072, granularity: 'filter', halved: 20_146 },
  { name: 'lstm64', taken: 60, parameters: 24_458, kernels: 24_192, granularity: 'unit', halved: 8_138 },
  { name: 'gru64', taken: 60, parameters: 18_506, kernels: 18_304, granularity: 'unit', halved: 6_186 },
  { name: 'mobileNet', taken: 120, parameters: 37_706, kernels: 32_288, granularity: 'filter', halved: 11_178 },
] as const)('stages of $name on real images', ({ name, taken, parameters, kernels, granularity, halved }) => {
  const temporaryFolder = temporaryFolders(afterAll);
  let sweep: TinySweep;
  let baseline: Stage;
  let dense: StageRecord;

  beforeAll(async () => {
    sweep = await tinySweep(await temporaryFolder());
    baseline = sweep.baseline({ zoo: name }, [], steps(taken));
    dense = await sweep.run(baseline);
  });

  const prune = (method: Method) => sweep.run(sweep.child(baseline, pruning({ method, training: steps(20) })));

  it('given so many steps, then the loss falls and it knows digits better than chance', () => {
    const epochs = dense.observation.curve.filter(({ validationAccuracy }) => validationAccuracy !== null);
    expect(epochs.map(({ step }) => step)).toEqual(Array.from({ length: taken / 10 }, (_, i) => 10 * (i + 1)));
    expect(epochs.at(-1)?.loss).toBeLessThan(0.7 * (epochs[0]?.loss ?? 0));
    expect(dense.observation.validation.accuracy).toBeGreaterThan(0.4);
    expect(dense.observation.parameters).toBe(parameters);
    expect(dense.observation.engine).toEqual({ kind: 'compiled', precision: 'float32' });
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

describe('stages of denoisingAutoencoder on real images', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  const task = { reconstruction: { noise: 0.3, loss: 'meanSquaredError' } } as const;
  const training = { ...steps(120), task };

  it('given 120 steps, then it takes off more of the noise than it leaves, and stands pruning', async () => {
    const sweep = await tinySweep(await temporaryFolder(), 'reconstruction');
    const baseline = sweep.baseline({ zoo: 'denoisingAutoencoder' }, [], training);
    const { observation } = await sweep.run(baseline);
    const { validation, curve, engine } = observation;
    expect(engine).toEqual({ kind: 'compiled', precision: 'float32' });
    // Noise of 0.3 by itself has a mean square of 0.09, and black images one of 0.1.
    expect(validation.mse).toBeLessThan(0.045);
    expect(validation.psnr).toBeCloseTo(-10 * Math.log10(validation.mse ?? 0), 9);
    expect(validation).toMatchObject({ loss: expect.closeTo(validation.mse ?? 0, 9), examples: 100 });
    expect(Object.keys(validation).sort()).toEqual(['examples', 'loss', 'mse', 'psnr']);
    expect(curve.at(-1)).toMatchObject({ validationAccuracy: null, validationScore: validation.psnr });
    const { observation: smaller } = await sweep.run(
      sweep.child(baseline, {
        kind: 'prune',
        method: { granularity: 'filter', criterion: 'l1', scope: 'layer' },
        sparsity: 0.5,
        schedule: 'oneShot',
        rewind: 'none',
        training: { ...training, epochs: 2 },
      }),
    );
    expect(smaller).toMatchObject({ reachedSparsity: 0.5, engine: { kind: 'compiled' } });
    expect(smaller.surgeryDifference).toBeLessThan(1e-4);
    expect(smaller.validation.psnr).toBeGreaterThan(smaller.afterPruning?.psnr ?? Number.NaN);
  });
});
