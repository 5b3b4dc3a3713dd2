import { afterEach, describe, expect, it } from 'vitest';
import type { PreparedData } from '../../../../core/datasets/prepare.js';
import { initialWeights } from '../../../../core/models/initial-weights.js';
import type { Topology } from '../../../../core/models/topology.js';
import { ZOO_NAMES, zooModel } from '../../../../core/models/zoo/index.js';
import type { Score } from '../../../../core/sweep/observation.js';
import type { Task } from '../../../../core/sweep/task.js';
import type { Engine } from '../../../../core/training/engines/engine.js';
import { type EngineSettings, openEngine } from '../../../../core/training/engines/open-engine.js';
import { ProgramCache } from '../../../../core/training/engines/program-cache.js';
import {
  byteImages,
  engineSettings,
  largestDifference,
  OPTIMIZERS,
  regressionData,
  takeSteps,
} from '../../../support/engines.js';
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

const VALUES = regressionData(700, 3);
const approximator = sequentialOf(
  [4],
  [
    { class_name: 'Dense', config: { name: 'hidden', units: 8, activation: 'tanh' } },
    { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'linear' } },
  ],
);
const autoencoder = sequentialOf(
  [8, 8, 2],
  [
    {
      class_name: 'Conv2D',
      config: { name: 'conv', filters: 4, kernel_size: [3, 3], activation: 'relu', padding: 'same' },
    },
    {
      class_name: 'Conv2D',
      config: { name: 'out', filters: 2, kernel_size: [3, 3], activation: 'sigmoid', padding: 'same' },
    },
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
      const task: Task = { reconstruction: { noise: 0.2, loss: 'meanSquaredError' } };
      const own = name === 'denoisingAutoencoder' ? { objective: { task } } : {};
      const { compiled, eager } = await bothEngines(zooModel(name), IMAGES, own);
      const losses = takeSteps(compiled, IMAGES, 0, 20);
      const expected = takeSteps(eager, IMAGES, 0, 20);
      losses.forEach((loss, i) => {
        expect(Math.abs(loss - (expected[i] ?? Number.NaN))).toBeLessThanOrEqual(1e-6 * Math.abs(loss));
      });
      expect(largestDifference(eager, compiled)).toBeLessThanOrEqual(1e-6);
      expect(expected.at(-1)).toBeLessThan(expected[0] ?? 0);
    },
  );

  it.each(Object.entries(OPTIMIZERS))(
    'given %s, when twenty steps are taken, then weights and slots are those of eager within 1e-6',
    async (_, optimizer) => {
      const { compiled, eager } = await bothEngines(plain, SMALL, { optimizer });
      takeSteps(compiled, SMALL, 0, 20);
      takeSteps(eager, SMALL, 0, 20);
      expect(largestDifference(eager, compiled)).toBeLessThanOrEqual(1e-6);
    },
  );

  it.each(Object.entries(OPTIMIZERS))(
    'given %s, and dropout, noise and batch norm, when twenty steps are taken, then weights and slots are those of eager within 1e-6',
    async (_, optimizer) => {
      const { compiled, eager } = await bothEngines(noisy, SMALL, { optimizer });
      takeSteps(compiled, SMALL, 0, 20);
      takeSteps(eager, SMALL, 0, 20);
      expect(largestDifference(eager, compiled)).toBeLessThanOrEqual(1e-6);
    },
  );

  it.each([16, 32, 50])(
    'given a bias in front of batch norm, whose gradient is nothing but rounding, when batches have %i, then it is compiled',
    async (batchSize) => {
      const topology = sequentialOf(
        [28, 28, 1],
        ['a', 'b']
          .flatMap((name) => [
            { class_name: 'Conv2D', config: { name, filters: 16, kernel_size: 3 } },
            { class_name: 'BatchNormalization', config: { name: `${name}_norm` } },
            { class_name: 'ReLU', config: { name: `${name}_relu` } },
            { class_name: 'MaxPooling2D', config: { name: `${name}_pool`, pool_size: 2 } },
          ])
          .concat([
            { class_name: 'Flatten', config: { name: 'flatten' } } as never,
            { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } } as never,
          ]),
      );
      // It expects that the one engine is compiled.
      await bothEngines(topology, IMAGES, { batchSize });
    },
  );

  it('given one batch, then its noise follows from seed and step alone, compiled and eagerly', async () => {
    const { compiled, eager } = await bothEngines(noisy);
    const weights = compiled.readWeights();
    const [batch = new Int32Array()] = [SMALL.train.subarray(0, 16)];
    const lossOf = (engine: Engine, seed: number, step: number): number => {
      engine.writeWeights(weights);
      return engine.train([batch], seed, step)[0] ?? Number.NaN;
    };
    const first = lossOf(compiled, 3, 7);
    expect(lossOf(compiled, 3, 7)).toBe(first);
    expect(lossOf(compiled, 3, 8)).not.toBe(first);
    expect(lossOf(compiled, 4, 7)).not.toBe(first);
    for (const [seed, step] of [
      [3, 7],
      [3, 8],
      [4, 7],
    ] as const)
      expect(lossOf(eager, seed, step)).toBeCloseTo(lossOf(compiled, seed, step), 5);
  });

  it('given an epoch whose last batch is smaller, then it is one of the steps', async () => {
    const { compiled, eager } = await bothEngines(plain);
    const batches = [0, 16, 32, 48].map((from) => SMALL.train.subarray(from, from + 16));
    expect(batches.map(({ length }) => length)).toEqual([16, 16, 16, 2]);
    const losses = compiled.train([...batches, ...batches], 1, 0);
    expect(losses).toHaveLength(8);
    eager.train([...batches, ...batches], 1, 0).forEach((loss, i) => {
      expect(losses[i]).toBeCloseTo(loss, 5);
    });
    expect(largestDifference(eager, compiled)).toBeLessThanOrEqual(1e-6);
  });

  it('given examples that are no multiple of its batch, then it scores each once, as eager does', async () => {
    const many = byteImages([8, 8, 2], 700);
    const { compiled, eager } = await bothEngines(noisy, many);
    const found = compiled.score(many.train);
    const expected = eager.score(many.train);
    expect(found.examples).toBe(many.train.length);
    expect(found.accuracy).toBe(expected.accuracy);
    expect(found.loss).toBeCloseTo(expected.loss, 5);
    expect(compiled.latency(1, 3).runs).toBe(3);
  });

  it.each<[string, Topology, PreparedData, Task]>([
    ['a regression', approximator, VALUES, { regression: { loss: 'meanSquaredError' } }],
    ['a regression by Huber’s loss', approximator, VALUES, { regression: { loss: { huber: { delta: 0.5 } } } }],
    ['a reconstruction', autoencoder, SMALL, { reconstruction: { noise: 0, loss: 'meanAbsoluteError' } }],
    ['the removal of noise', autoencoder, SMALL, { reconstruction: { noise: 0.3, loss: 'binaryCrossEntropy' } }],
  ])('given %s, then steps and scores are those of eager', async (_, topology, data, task) => {
    const { compiled, eager } = await bothEngines(topology, data, { objective: { task } });
    takeSteps(compiled, data, 0, 20);
    takeSteps(eager, data, 0, 20);
    expect(largestDifference(eager, compiled)).toBeLessThanOrEqual(2e-6);
    const [found, expected] = [compiled.score(data.train), eager.score(data.train)] as const;
    expect(Object.keys(found)).toEqual(Object.keys(expected));
    for (const [name, value] of Object.entries(expected))
      expect(found[name as keyof Score], name).toBeCloseTo(value, 4);
  });

  it('given noise to remove, then an example is scored with the same noise whatever is scored beside it', async () => {
    const task: Task = { reconstruction: { noise: 0.5, loss: 'meanSquaredError' } };
    const { compiled } = await bothEngines(autoencoder, SMALL, { objective: { task } });
    const all = compiled.score(SMALL.train);
    const apart = [...SMALL.train].reverse().map((example) => compiled.score(Int32Array.of(example)).mse ?? Number.NaN);
    expect(apart.reduce((sum, mse) => sum + mse, 0) / apart.length).toBeCloseTo(all.mse ?? Number.NaN, 6);
  });

  it('given milliseconds that a call should last, then it takes so many steps a call, one where there are none', async () => {
    const { compiled } = await bothEngines(plain, SMALL, { callMs: 0 });
    expect(compiled.stepsPerCall).toBe(1);
    const { compiled: long } = await bothEngines(plain, SMALL, { callMs: 60_000 });
    expect(long.stepsPerCall).toBe(8);
    takeSteps(long, SMALL, 0, 8);
    expect(long.stepsPerCall).toBe(256);
  });
});
