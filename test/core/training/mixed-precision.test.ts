import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadPrepared, type PreparedData } from '../../../core/datasets/prepare.js';
import { initialWeights } from '../../../core/models/initial-weights.js';
import { zooModel } from '../../../core/models/zoo/index.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import type { Precision } from '../../../core/sweep/spec.js';
import { mainScore } from '../../../core/sweep/task.js';
import { HALVED_AGREEMENT } from '../../../core/training/engines/agreement.js';
import type { Engine } from '../../../core/training/engines/engine.js';
import { openEngine } from '../../../core/training/engines/open-engine.js';
import { ProgramCache } from '../../../core/training/engines/program-cache.js';
import { falsifying, withGraphsRunBy } from '../../support/falsified-kernels.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { ADAM, type TinySweep, TRAINING, tinySweep } from '../../support/tiny-sweep.js';

const tf = loadTensorFlow();
const temporaryFolder = temporaryFolders(afterAll);
const programs = new ProgramCache();
const model = { zoo: 'mnistCnn' } as const;
let sweep: TinySweep;
let data: PreparedData;

beforeAll(async () => {
  sweep = await tinySweep(await temporaryFolder());
  data = await loadPrepared(sweep.store, sweep.dataset);
});
afterEach(() => programs.dispose());

function open(precision: 'float32' | 'bfloat16'): Promise<Engine> {
  const topology = zooModel('mnistCnn');
  return openEngine(topology, initialWeights(topology, 1), {
    ...{ tf, data, dataset: sweep.dataset, optimizer: ADAM, batchSize: 32, masksKernels: false, callMs: 100 },
    ...{ programs, precision },
  });
}

/** Passes over the training examples; the loss of each step. */
function train(engine: Engine, epochs: number): number[] {
  const batches = Array.from({ length: Math.floor(data.train.length / 32) }, (_, i) =>
    data.train.slice(i * 32, i * 32 + 32),
  );
  return Array.from({ length: epochs }, (_, k) => engine.train(batches, 1, k * batches.length)).flat();
}

/** How many of the values are more than bfloat16 could hold. */
function fine(values: Iterable<Float32Array>): number {
  return [...values]
    .flatMap((each) => [...new Uint32Array(each.slice().buffer)])
    .filter((bits) => (bits & 0xffff) !== 0).length;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

describe('a training in bfloat16', () => {
  it('given mnistCnn, then its loss falls and it is about as good as in float32', async () => {
    const accuracies: number[] = [];
    for (const precision of ['float32', 'bfloat16'] as const) {
      const engine = await open(precision);
      expect(engine.eagerBecause).toBe(null);
      const losses = train(engine, 8);
      expect(meanOf(losses.slice(-5))).toBeLessThan(meanOf(losses.slice(0, 5)) / 3);
      accuracies.push(mainScore(engine.score(data.test)));
      engine.dispose();
    }
    const [whole = 0, half = 0] = accuracies;
    expect(whole).toBeGreaterThan(0.7);
    expect(Math.abs(whole - half)).toBeLessThanOrEqual(0.05);
  });

  it('given some steps, then weights and slots have the digits of float32, and are not those of a float32 training', async () => {
    const half = await open('bfloat16');
    train(half, 1);
    const weights = half.readWeights();
    const count = [...weights.values()].reduce((sum, { length }) => sum + length, 0);
    expect(fine(weights.values())).toBeGreaterThan(0.9 * count);
    const slots = [...half.readSlots().values()].flat();
    expect(fine(slots)).toBeGreaterThan(count);
    const whole = await open('float32');
    train(whole, 1);
    expect(whole.readWeights()).not.toEqual(weights);
  });

  it('given the same weights, then a score is that of a float32 engine bit for bit', async () => {
    const half = await open('bfloat16');
    train(half, 1);
    const whole = await open('float32');
    whole.writeWeights(half.readWeights());
    expect(half.score(data.test)).toEqual(whole.score(data.test));
    expect(half.score(data.validation)).toEqual(whole.score(data.validation));
  });

  it('given the same seed twice, in programs of their own, then losses and weights are bit-equal', async () => {
    const once = async () => {
      const engine = await open('bfloat16');
      const losses = train(engine, 1);
      const weights = engine.readWeights();
      programs.dispose();
      return { losses, weights };
    };
    const first = await once();
    expect(await once()).toEqual(first);
  });
});

describe('the check of a graph in bfloat16', () => {
  it.each([
    ['as much as bfloat16 may', 1 + HALVED_AGREEMENT / 2, null],
    ['wildly', 1.5, /^the compiled loss differs from eager's by 0\.\d+ of its largest entry$/],
  ])('given a loss that differs %s, then it runs accordingly', async (_, factor, reason) => {
    await withGraphsRunBy(falsifying('check_halved/output_0', factor), async () => {
      const engine = await open('bfloat16');
      if (reason === null) expect(engine.eagerBecause).toBe(null);
      else expect(engine.eagerBecause).toMatch(reason);
      expect(train(engine, 1).every(Number.isFinite)).toBe(true);
      engine.dispose();
    });
  });

  it('given a float32 engine, then nothing of it is checked', async () => {
    await withGraphsRunBy(falsifying('check_halved/output_0', 1.5), async () => {
      expect((await open('float32')).eagerBecause).toBe(null);
    });
  });
});

describe('a stage', () => {
  const stage = (precision?: Precision) =>
    sweep.baseline(model, [], { ...TRAINING, epochs: 1, ...(precision === undefined ? {} : { precision }) });
  const stateOf = async (precision: Precision | undefined, prefersBfloat16: boolean): Promise<string> =>
    (await sweep.run(stage(precision), { programs, prefersBfloat16 })).state;
  /** What a node that prefers bfloat16 makes of auto, in a store that has nothing of it yet. */
  async function elsewhere(): Promise<string> {
    const { run } = await tinySweep(await temporaryFolder());
    return (await run(stage('auto'), { programs, prefersBfloat16: true })).state;
  }

  it('given auto, then it is bfloat16 on a node that prefers it and float32 on another; what is asked for is what it is', async () => {
    const whole = await stateOf(undefined, true);
    const half = await stateOf('bfloat16', false);
    expect(half).not.toBe(whole);
    expect(await stateOf('float32', true)).toBe(whole);
    expect(await stateOf('auto', false)).toBe(whole);
    expect(await elsewhere()).toBe(half);
  });
});
