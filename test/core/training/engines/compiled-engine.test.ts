import { afterEach, describe, expect, it } from 'vitest';
import { initialWeights } from '../../../../core/models/initial-weights.js';
import type { Topology } from '../../../../core/models/topology.js';
import { ZOO_NAMES, zooModel } from '../../../../core/models/zoo/index.js';
import type { Engine } from '../../../../core/training/engines/engine.js';
import { type EngineSettings, openEngine } from '../../../../core/training/engines/open-engine.js';
import { ProgramCache } from '../../../../core/training/engines/program-cache.js';
import { byteImages, engineSettings, largestDifference, OPTIMIZERS, takeSteps } from '../../../support/engines.js';
import { sequentialOf } from '../../../support/tiny-networks.js';

const IMAGES = byteImages([28, 28, 1]);
const SMALL = byteImages([8, 8, 2]);

/** Everything that draws random numbers or carries on statistics. */
const noisy = sequentialOf(
  [8, 8, 2],
  [
    { class_name: 'GaussianNoise', config: { name: 'noise', stddev: 0.1 } },
    { class_name: 'Conv2D', config: { name: 'conv', filters: 6, kernel_size: [3, 3], activation: 'relu' } },
    { class_name: 'BatchNormalization', config: { name: 'norm' } },
    { class_name: 'GaussianDropout', config: { name: 'gaussian', rate: 0.2 } },
    { class_name: 'Flatten', config: { name: 'flatten' } },
    { class_name: 'Dropout', config: { name: 'drop', rate: 0.3 } },
    { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } },
  ],
);
const plain = sequentialOf(
  [8, 8, 2],
  [
    { class_name: 'Flatten', config: { name: 'flatten' } },
    { class_name: 'Dense', config: { name: 'hidden', units: 12, activation: 'tanh' } },
    { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } },
  ],
);

describe('a compiled engine', () => {
  const open: (Engine | ProgramCache)[] = [];
  afterEach(() => {
    for (const each of open.splice(0)) each.dispose();
  });

  /** One engine of each kind on the same weights. */
  async function bothEngines(
    topology: Topology,
    data = SMALL,
    overrides: Partial<EngineSettings> = {},
  ): Promise<{ readonly compiled: Engine; readonly eager: Engine }> {
    const programs = new ProgramCache();
    const weights = initialWeights(topology, 1);
    const compiled = await openEngine(topology, weights, engineSettings(data, programs, overrides));
    const eager = await openEngine(topology, weights, engineSettings(data, null, overrides));
    open.push(compiled, eager, programs);
    expect(compiled.eagerBecause).toBeNull();
    expect(eager.eagerBecause).toBe('it is asked to run eagerly');
    return { compiled, eager };
  }

  it.each(ZOO_NAMES)(
    'given %s of the zoo, when twenty steps of descent are taken on images, then weights and losses are those of eager within 1e-6',
    async (name) => {
      const { compiled, eager } = await bothEngines(zooModel(name), IMAGES);
      const losses = takeSteps(compiled, IMAGES, 0, 20);
      const expected = takeSteps(eager, IMAGES, 0, 20);
      console.log(name, largestDifference(eager, compiled));
      losses.forEach((loss, i) => {
        expect(Math.abs(loss - (expected[i] ?? Number.NaN))).toBeLessThanOrEqual(1e-6 * Math.abs(loss));
      });
      expect(largestDifference(eager, compiled)).toBeLessThanOrEqual(1e-6);
      expect(expected.at(-1)).toBeLessThan(expected[0] ?? 0);
    },
  );

  it.each(Object.entries(OPTIMIZERS))(
    'given %s, when twenty steps are taken, then weights and slots are those of eager within 1e-6',
    async (name, optimizer) => {
      const { compiled, eager } = await bothEngines(plain, SMALL, { optimizer });
      takeSteps(compiled, SMALL, 0, 20);
      takeSteps(eager, SMALL, 0, 20);
      console.log(name, largestDifference(eager, compiled));
      expect(largestDifference(eager, compiled)).toBeLessThanOrEqual(1e-6);
    },
  );

  it.each(Object.entries(OPTIMIZERS))(
    'given %s, and dropout, noise and batch norm, when twenty steps are taken, then weights and slots are those of eager within 1e-5',
    async (name, optimizer) => {
      const { compiled, eager } = await bothEngines(noisy, SMALL, { optimizer });
      const losses = takeSteps(compiled, SMALL, 0, 20);
      takeSteps(eager, SMALL, 0, 20);
      console.log('noisy', name, largestDifference(eager, compiled));
      expect(largestDifference(eager, compiled)).toBeLessThanOrEqual(1e-5);
      // The noise is there, and it is another one in each step.
      const [again, other] = [await bothEngines(noisy, SMALL, { optimizer }), losses];
      expect(takeSteps(again.compiled, SMALL, 1, 1)[0]).not.toBe(other[0]);
    },
  );
});
