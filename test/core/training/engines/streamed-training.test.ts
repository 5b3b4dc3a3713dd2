import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPrepared, type PreparedData } from '../../../../core/datasets/prepare.js';
import { initialWeights } from '../../../../core/models/initial-weights.js';
import { zooModel } from '../../../../core/models/zoo/index.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import type { Batches } from '../../../../core/training/compiled/program/program.js';
import { RESIDENT, streamed } from '../../../../core/training/engines/batch-source.js';
import type { Engine } from '../../../../core/training/engines/engine.js';
import { openEngine } from '../../../../core/training/engines/open-engine.js';
import { ProgramCache } from '../../../../core/training/engines/program-cache.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { ADAM, pruning, type TinySweep, tinySweep } from '../../../support/tiny-sweep.js';

const tf = loadTensorFlow();
const EVERYTHING = Number.POSITIVE_INFINITY;

describe('streamed training', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  let sweep: TinySweep;
  let data: PreparedData;

  beforeAll(async () => {
    sweep = await tinySweep(await temporaryFolder());
    data = await loadPrepared(sweep.store, sweep.dataset);
  });

  async function withEngine<T>(own: PreparedData, residentLimit: number, act: (engine: Engine) => T): Promise<T> {
    const programs = new ProgramCache({ residentBytes: residentLimit });
    const topology = zooModel('mnistMlp');
    const engine = await openEngine(topology, initialWeights(topology, 1), {
      ...{ tf, data: own, dataset: 'data', optimizer: ADAM, batchSize: 32, masksKernels: false, callMs: 100 },
      programs,
    });
    try {
      expect(engine.eagerBecause).toBeNull();
      return act(engine);
    } finally {
      engine.dispose();
      programs.dispose();
    }
  }

  /** Three epochs in calls of a few steps, with whole and last batches, and what came of them. */
  function trained(engine: Engine) {
    const { train, validation } = data;
    const batches = Array.from({ length: 30 }, (_, i) => {
      const from = (i % 10) * 32;
      return train.slice(from, Math.min(from + 32, train.length));
    });
    const losses: number[] = [];
    const scores = [engine.score(validation)];
    while (losses.length < batches.length) {
      const rest = batches.slice(losses.length);
      // Sometimes fewer than are made ready, as where it is pruned in between.
      const own = rest.slice(0, Math.max(1, engine.stepsPerCall - (losses.length % 3)));
      losses.push(...engine.train(own, 1, losses.length, rest.slice(own.length)));
    }
    scores.push(engine.score(validation), engine.score(data.test));
    return { losses, scores, weights: engine.readWeights(), slots: engine.readSlots() };
  }

  it.each([
    ['bytes', (x: PreparedData['x']) => x],
    ['numbers', (x: PreparedData['x']) => Float32Array.from(x, (value) => value / 255)],
  ])('given %s, then losses, scores, weights and slots are bit for bit those of resident data', async (_, convert) => {
    const own = { ...data, x: convert(data.x) };
    const resident = await withEngine(own, EVERYTHING, (engine) => {
      expect(engine.dataKept).toBe('resident');
      return trained(engine);
    });
    const stream = await withEngine(own, 0, (engine) => {
      expect(engine.dataKept).toBe('streamed');
      expect(engine.latency(1, 3).p50).toBeGreaterThan(0);
      return trained(engine);
    });
    expect(stream).toEqual(resident);
  });

  it('given whole stages, pruned on the way, then their states are the same to the last byte', async () => {
    const states = async (residentLimit: number): Promise<string[]> => {
      const own = await tinySweep(await temporaryFolder());
      const programs = new ProgramCache({ residentBytes: residentLimit });
      const baseline = own.baseline({ zoo: 'mnistMlp' }, [1]);
      const schedule = { constant: { beginStep: 3, endStep: null, frequency: 4 } };
      const method = { granularity: 'neuron', criterion: 'l2', scope: 'layer' } as const;
      const stages = [
        baseline,
        own.child(baseline, pruning({ sparsity: 0.8, schedule })),
        own.child(baseline, pruning({ method, schedule })),
        own.child(baseline, { kind: 'score' }),
      ];
      const found: string[] = [];
      for (const stage of stages) {
        const { state, observation } = await own.run(stage, { programs, callMs: 20 });
        found.push(state, JSON.stringify([observation.validation, observation.test]));
      }
      programs.dispose();
      return found;
    };
    expect(await states(0)).toEqual(await states(EVERYTHING));
  });

  it('given several programs, then their data together stay within the limit', async () => {
    const bytes = data.x.byteLength + data.labels.byteLength;
    const programs = new ProgramCache({ residentBytes: bytes * 2.5 });
    for (const batchSize of [16, 32, 64]) {
      const topology = zooModel('mnistMlp');
      const settings = { tf, data, dataset: 'data', optimizer: ADAM, masksKernels: false, callMs: 100, programs };
      const engine = await openEngine(topology, initialWeights(topology, 1), { ...settings, batchSize });
      expect(engine.dataKept).toBe('resident');
      engine.dispose();
    }
    expect(programs.size).toBe(2);
    expect(programs.residentBytes).toBe(2 * bytes);
    programs.dispose();
  });

  it('given examples of any size, then both buffers stay below what is fixed, or hold a single batch', () => {
    const mebibyte = 1024 * 1024;
    for (const [size, largest, capacity] of [
      [784, 256, Math.floor(mebibyte / 788)],
      [784, 4, 256 * 4],
      [mebibyte, 2, 2],
    ] as const) {
      const own = { ...data, x: new Uint8Array(new SharedArrayBuffer(4 * size)), labels: new Int32Array(4) };
      const source = streamed(own, largest, mebibyte);
      expect(source.capacity).toBe(capacity);
      source.dispose();
    }
  });

  it('given resident data, then only places are fed', () => {
    const places = Int32Array.of(1, 2);
    expect(RESIDENT.batches(places, places)).toEqual({ indices: places } satisfies Batches);
  });
});
