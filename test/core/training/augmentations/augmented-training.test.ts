import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPrepared, type PreparedData } from '../../../../core/datasets/prepare.js';
import { initialWeights } from '../../../../core/models/initial-weights.js';
import { zooModel } from '../../../../core/models/zoo/index.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import type { Augment } from '../../../../core/sweep/spec.js';
import type { Engine } from '../../../../core/training/engines/engine.js';
import { openEngine } from '../../../../core/training/engines/open-engine.js';
import { ProgramCache } from '../../../../core/training/engines/program-cache.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { ADAM, type TinySweep, tinySweep } from '../../../support/tiny-sweep.js';

const ALL: Augment = { shift: 2, flip: 'horizontal', crop: 0.9, noise: 0.05 };
const tf = loadTensorFlow();

describe('training on augmented images', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  const programs = new ProgramCache();
  let sweep: TinySweep;
  let data: PreparedData;

  beforeAll(async () => {
    sweep = await tinySweep(await temporaryFolder());
    data = await loadPrepared(sweep.store, sweep.dataset);
  });
  afterAll(() => programs.dispose());

  async function withEngine<T>(augment: Augment | undefined, kept: ProgramCache | null, act: (engine: Engine) => T) {
    const topology = zooModel('mnistCnn');
    const engine = await openEngine(topology, initialWeights(topology, 1), {
      ...{ tf, data, dataset: sweep.dataset, optimizer: ADAM, batchSize: 32, masksKernels: false, callMs: 100 },
      programs: kept,
      ...(augment === undefined ? {} : { augment }),
    });
    try {
      expect(engine.eagerBecause === null).toBe(kept !== null);
      return act(engine);
    } finally {
      engine.dispose();
    }
  }

  const batches = (): Int32Array[] => [0, 1, 2, 3].map((i) => data.train.slice(i * 32, i * 32 + 32));

  it.each([...Object.entries(ALL).map(([key, value]): Augment => ({ [key]: value })), ALL])(
    'given %j, then compiled steps are those of eager, and others than without',
    async (augment) => {
      const eager = await withEngine(augment, null, (engine) => engine.train(batches(), 7, 20));
      const compiled = await withEngine(augment, programs, (engine) => engine.train(batches(), 7, 20));
      const plain = await withEngine(undefined, programs, (engine) => engine.train(batches(), 7, 20));
      compiled.forEach((loss, i) => {
        expect(Math.abs(loss - (eager[i] ?? 0))).toBeLessThan(2e-5);
      });
      expect(compiled).not.toEqual(plain);
    },
  );

  it('given the same stage seed, then the same losses; given another, then others', async () => {
    const losses = (seed: number) => withEngine(ALL, programs, (engine) => engine.train(batches(), seed, 0));
    const once = await losses(1);
    expect(await losses(1)).toEqual(once);
    expect(await losses(2)).not.toEqual(once);
  });

  it.each([
    ['eagerly', null],
    ['compiled', programs],
  ])('given validation %s, then it is of the images as they are', async (_, kept) => {
    const augmented = await withEngine({ ...ALL, noise: 5 }, kept, (engine) => engine.score(data.validation));
    expect(augmented).toEqual(await withEngine(undefined, kept, (engine) => engine.score(data.validation)));
  });

  it('given a short training, then the loss falls all the same', async () => {
    const training = { epochs: 6, batchSize: 32, optimizer: ADAM, augment: { shift: 2, crop: 0.9, noise: 0.02 } };
    const { observation } = await sweep.run(sweep.baseline({ zoo: 'mnistCnn' }, [], training), { callMs: 100 });
    const epochs = observation.curve.filter(({ validationAccuracy }) => validationAccuracy !== null);
    expect(epochs.at(-1)?.loss).toBeLessThan(0.7 * (epochs[0]?.loss ?? 0));
    expect(observation.validation.accuracy).toBeGreaterThan(0.6);
  });
});
