import { afterEach, describe, expect, it } from 'vitest';
import { initialWeights } from '../../../../core/models/initial-weights.js';
import type { Engine } from '../../../../core/training/engines/engine.js';
import { type EngineSettings, openEngine } from '../../../../core/training/engines/open-engine.js';
import { ProgramCache } from '../../../../core/training/engines/program-cache.js';
import { byteImages, engineSettings, OPTIMIZERS, takeSteps } from '../../../support/engines.js';
import { sequentialOf } from '../../../support/tiny-networks.js';

const DATA = byteImages([6, 4]);
const dense = (units: number) =>
  sequentialOf(
    [6, 4],
    [
      { class_name: 'Flatten', config: { name: 'flatten' } },
      { class_name: 'Dense', config: { name: 'hidden', units, activation: 'tanh' } },
      { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } },
    ],
  );

describe('engines that share programs', () => {
  const programs = new ProgramCache();
  afterEach(() => programs.dispose());
  const open = (overrides: Partial<EngineSettings> = {}, units = 9): Promise<Engine> =>
    openEngine(dense(units), initialWeights(dense(units), 1), engineSettings(DATA, programs, overrides));

  it('given two learning rates, then one program serves both, each at its own rate', async () => {
    const moved = async (learningRate: number): Promise<number[]> => {
      const engine = await open({ optimizer: { sgd: { ...OPTIMIZERS.SGD.sgd, learningRate } } });
      const before = engine.readWeights().get('hidden/kernel') ?? new Float32Array();
      takeSteps(engine, DATA, 0, 1);
      const after = engine.readWeights().get('hidden/kernel') ?? new Float32Array();
      return [...after].map((value, i) => value - (before[i] ?? 0));
    };
    const slow = await moved(0.01);
    const fast = await moved(0.04);
    expect(programs.size).toBe(1);
    expect(Math.max(...slow.map(Math.abs))).toBeGreaterThan(1e-5);
    fast.forEach((change, i) => {
      expect(change / 4).toBeCloseTo(slow[i] ?? Number.NaN, 6);
    });
  });

  it.each<[string, Partial<EngineSettings>]>([
    ['another optimizer', { optimizer: OPTIMIZERS.Adam }],
    ['another momentum', { optimizer: { sgd: { learningRate: 0.05, momentum: 0.8, nesterov: false } } }],
    ['another batch size', { batchSize: 8 }],
    ['masks', { masksKernels: true }],
    ['another data set', { dataset: 'other' }],
  ])('given %s, then there is another program', async (_, overrides) => {
    await open({ optimizer: OPTIMIZERS.momentum });
    await open({ optimizer: OPTIMIZERS.momentum, ...overrides });
    expect(programs.size).toBe(2);
  });

  it('given another shape of the model, then there is another program', async () => {
    await open();
    await open({}, 8);
    expect(programs.size).toBe(2);
  });

  it('given a program that trained and was masked, when an engine is opened on it, then weights are its own, slots zero and masks gone', async () => {
    const settings = { optimizer: OPTIMIZERS.momentum, masksKernels: true };
    const fresh = (await open(settings)).readWeights();
    const used = await open(settings);
    used.mask(new Map([['hidden/kernel', new Uint8Array(24 * 9)]]));
    takeSteps(used, DATA, 0, 3);
    expect(
      used
        .readWeights()
        .get('hidden/kernel')
        ?.every((value) => value === 0),
    ).toBe(true);
    const next = await open(settings);
    expect(programs.size).toBe(1);
    expect(next.readWeights()).toEqual(fresh);
    for (const slots of next.readSlots().values())
      expect(slots.every((slot) => slot.every((value) => value === 0))).toBe(true);
    takeSteps(next, DATA, 0, 3);
    expect(
      next
        .readWeights()
        .get('hidden/kernel')
        ?.some((value) => value === 0),
    ).toBe(false);
  });

  it('given the same stage twice on one program, then weights are bit-equal', async () => {
    const weightsOf = async (): Promise<Map<string, Float32Array>> => {
      const engine = await open({ optimizer: OPTIMIZERS.Adam });
      takeSteps(engine, DATA, 0, 10);
      return engine.readWeights();
    };
    const first = await weightsOf();
    expect(await weightsOf()).toEqual(first);
    programs.dispose();
    expect(await weightsOf()).toEqual(first);
  });
});
