import { afterEach, describe, expect, it } from 'vitest';
import { initialWeights } from '../../../core/models/initial-weights.js';
import { zooModel } from '../../../core/models/zoo/index.js';
import { Network } from '../../../core/network/network.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { CRITERIA, scoredKernels, weightScores } from '../../../core/pruning/criteria/index.js';
import { Criteria } from '../../../core/training/criteria/criteria.js';
import type { Engine } from '../../../core/training/engines/engine.js';
import { type EngineSettings, openEngine } from '../../../core/training/engines/open-engine.js';
import { ProgramCache } from '../../../core/training/engines/program-cache.js';
import { movementOf } from '../../../core/training/optimizers/index.js';
import { byteImages, engineSettings, largestDifference, OPTIMIZERS, takeSteps } from '../../support/engines.js';
import { evidenceOf } from '../../support/evidence.js';
import { sequentialOf } from '../../support/tiny-networks.js';

const tf = loadTensorFlow();
const DATA = byteImages([8, 8, 2]);
const MODEL = sequentialOf(
  [8, 8, 2],
  [
    { class_name: 'Conv2D', config: { name: 'conv', filters: 6, kernel_size: [3, 3], activation: 'relu' } },
    { class_name: 'BatchNormalization', config: { name: 'norm' } },
    { class_name: 'Flatten', config: { name: 'flatten' } },
    { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } },
  ],
);
const WEIGHTS = initialWeights(MODEL, 1);

describe('movement', () => {
  const open: (Engine | ProgramCache)[] = [];
  afterEach(() => {
    for (const each of open.splice(0)) each.dispose();
  });

  async function engineOf(programs: ProgramCache | null, overrides: Partial<EngineSettings> = {}): Promise<Engine> {
    const settings = engineSettings(DATA, programs, { tracksMovement: true, ...overrides });
    const engine = await openEngine(MODEL, WEIGHTS, settings);
    open.push(engine);
    return engine;
  }

  function cache(): ProgramCache {
    const programs = new ProgramCache();
    open.push(programs);
    return programs;
  }

  it.each(Object.entries(OPTIMIZERS))(
    'given %s, when twenty steps are taken, then compiled slots are those of eager, and weights those without movement',
    async (_, optimizer) => {
      const programs = cache();
      const [compiled, eager, plain] = [
        await engineOf(programs, { optimizer }),
        await engineOf(null, { optimizer }),
        await engineOf(null, { optimizer, tracksMovement: false }),
      ];
      expect(compiled.eagerBecause).toBeNull();
      for (const engine of [compiled, eager, plain]) takeSteps(engine, DATA, 0, 20);
      expect(largestDifference(eager, compiled)).toBeLessThanOrEqual(1e-6);
      expect(eager.readWeights()).toEqual(plain.readWeights());
      const [own, without] = [eager.readSlots(), plain.readSlots()];
      for (const [name, slots] of own) expect(slots.slice(0, -1)).toEqual(without.get(name));
      expect([...movementOf(own).values()].every((values) => values.some((value) => value !== 0))).toBe(true);
    },
  );

  it.each([true, false])(
    'given one step with compiled %s, then it is −g·w of the weights before it',
    async (compiled) => {
      const engine = await engineOf(compiled ? cache() : null);
      takeSteps(engine, DATA, 0, 1);
      const network = await Network.build(tf, MODEL, WEIGHTS);
      const criteria = new Criteria(tf, network, DATA, { batchSize: 16, seed: 1, compiled: false });
      const gradients = criteria.gradients(DATA.train.slice(0, 16));
      const movement = movementOf(engine.readSlots());
      for (const { name, values } of WEIGHTS) {
        const gradient = gradients.get(name);
        gradient?.forEach((g, i) => {
          expect(movement.get(name)?.[i]).toBeCloseTo(-g * (values[i] ?? 0), 5);
        });
      }
      criteria.dispose();
      network.dispose();
    },
  );

  it('given masks, then what is pruned has moved nowhere and scores zero', async () => {
    const engine = await engineOf(cache(), { masksKernels: true });
    takeSteps(engine, DATA, 0, 3);
    const mask = Uint8Array.from({ length: 6 * 18 }, (_, i) => i % 2);
    engine.mask(new Map([['conv/kernel', mask]]));
    takeSteps(engine, DATA, 3, 3);
    const movement = movementOf(engine.readSlots());
    const [kernel] = scoredKernels(MODEL, WEIGHTS);
    if (kernel === undefined) throw new Error('no kernel');
    const scores = weightScores(CRITERIA.get('movement'), kernel, evidenceOf({ movement: () => movement }), {});
    scores.forEach((score, i) => {
      expect(score !== 0).toBe(mask[i] === 1);
    });
  });

  it('given slots written back, then movement goes on where it was', async () => {
    const [through, stopped] = [await engineOf(null), await engineOf(null)];
    takeSteps(through, DATA, 0, 6);
    takeSteps(stopped, DATA, 0, 3);
    const resumed = await engineOf(null);
    resumed.writeWeights(stopped.readWeights());
    resumed.writeSlots(stopped.readSlots());
    takeSteps(resumed, DATA, 3, 3);
    expect(movementOf(resumed.readSlots())).toEqual(movementOf(through.readSlots()));
  });

  it('given programs of one cache, then one with movement is not taken for one without', async () => {
    const programs = cache();
    await engineOf(programs);
    const plain = await engineOf(programs, { tracksMovement: false });
    expect(plain.readSlots().get('out/kernel')).toEqual([]);
  });

  it.each(['residualCnn', 'lstm64'])('given %s, then its training with movement is compiled', async (model) => {
    const images = byteImages([28, 28, 1]);
    const topology = zooModel(model);
    const engine = await openEngine(
      topology,
      initialWeights(topology, 1),
      engineSettings(images, cache(), { tracksMovement: true }),
    );
    open.push(engine);
    takeSteps(engine, images, 0, 2);
    expect(engine.eagerBecause).toBeNull();
  });
});
