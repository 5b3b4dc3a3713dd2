import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Calibration } from '../../../../core/compression/index.js';
import { activationLayers } from '../../../../core/compression/quantization/activation-layers.js';
import { initialWeights } from '../../../../core/models/initial-weights.js';
import type { Topology } from '../../../../core/models/topology.js';
import { ZOO_NAMES, zooModel } from '../../../../core/models/zoo/index.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import {
  type CompressionMeasures,
  type CompressionSource,
  compressionMeasures,
} from '../../../../core/training/compression/compression-measures.js';
import { ProgramCache } from '../../../../core/training/engines/program-cache.js';
import { type ModelState, UNPRUNED } from '../../../../core/training/stage-state.js';
import { errorOf } from '../../../support/errors.js';
import { withUnfitTanh } from '../../../support/falsified-kernels.js';
import { sequentialOf } from '../../../support/tiny-networks.js';
import { ADAM } from '../../../support/tiny-sweep.js';
import { examplesOf } from '../../../support/training-set.js';

const tf = loadTensorFlow();
const IMAGES = examplesOf(40, [28, 28, 1], 10);
const EAGER = 'it is asked to run eagerly';
const CALIBRATIONS: readonly Calibration[] = [
  { kind: 'minMax' },
  { kind: 'movingAverage', momentum: 0.9 },
  { kind: 'percentile', fraction: 0.99 },
];

const stateOf = (topology: Topology): ModelState => ({
  ...UNPRUNED,
  ...{ topology, weights: initialWeights(topology, 3), masks: new Map() },
});

function open(
  state: ModelState,
  programs: ProgramCache | null,
  { data = IMAGES, ...engine }: Partial<CompressionSource['engine']> = {},
  tick: () => Promise<void> = async () => undefined,
): CompressionMeasures {
  return compressionMeasures(state, {
    engine: { ...{ tf, data, dataset: 'images', optimizer: ADAM, batchSize: 16, callMs: 0, programs }, ...engine },
    ...{ seed: 1, tick },
  });
}

/** The greatest difference of the ends of ranges, relative to the greatest end. */
function apart(
  a: ReadonlyMap<string, { min: number; max: number }>,
  b: ReadonlyMap<string, { min: number; max: number }>,
): number {
  expect([...a.keys()]).toEqual([...b.keys()]);
  const ends = [...a].flatMap(([layer, { min, max }]) => [
    [min, b.get(layer)?.min ?? Number.NaN],
    [max, b.get(layer)?.max ?? Number.NaN],
  ]);
  const largest = Math.max(...ends.flat().map(Math.abs));
  return Math.max(...ends.map(([x = 0, y = 0]) => Math.abs(x - y))) / largest;
}

describe.each(ZOO_NAMES)('what compressions measure of %s', (zoo) => {
  const state = stateOf(zooModel(zoo));
  const layers = activationLayers(state.topology);
  const engine: Partial<CompressionSource['engine']> =
    zoo === 'denoisingAutoencoder'
      ? { objective: { task: { reconstruction: { noise: 0.1, loss: 'meanSquaredError' } } } }
      : {};
  const programs = new ProgramCache();
  afterAll(() => programs.dispose());

  it('given calibrations, then compiled ranges are those of eager', async () => {
    const [compiled, eager] = [open(state, programs, engine), open(state, null, engine)];
    for (const calibration of CALIBRATIONS) {
      const found = await compiled.activationRanges(layers, calibration);
      const expected = await eager.activationRanges(layers, calibration);
      // Where rounding moves a value to the next bin, a percentile moves by as much.
      expect(apart(found, expected)).toBeLessThan(calibration.kind === 'percentile' ? 1e-3 : 1e-5);
      for (const { min, max } of found.values()) expect(max).toBeGreaterThan(min);
    }
    expect(compiled.eagerBecause()).toBeNull();
    expect(eager.eagerBecause()).toBe(EAGER);
  });

  it('given other values for a kernel, then compiled losses are those of eager, and the model has its own again', async () => {
    const [compiled, eager] = [open(state, programs, engine), open(state, null, engine)];
    const kernel = state.weights.find(({ name }) => name.endsWith('kernel'));
    if (kernel === undefined) throw new Error('no kernel');
    const changed = new Map([[kernel.name, kernel.values.map((value) => Math.round(value * 4) / 4)]]);
    const losses: number[] = [];
    for (const values of [new Map(), changed, new Map()]) {
      const loss = await compiled.lossWith(values);
      expect(loss).toBeCloseTo(await eager.lossWith(values), 5);
      losses.push(loss);
    }
    expect(losses[2]).toBe(losses[0]);
    expect(losses[1]).not.toBe(losses[0]);
    expect(compiled.eagerBecause()).toBeNull();
    for (const each of [compiled, eager]) each.dispose();
  });
});

describe('what compressions measure', () => {
  const topology = sequentialOf(
    [6],
    [
      { class_name: 'Dense', config: { name: 'hidden', units: 8, activation: 'tanh' } },
      { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax' } },
    ],
  );
  const state = stateOf(topology);
  const data = examplesOf(40, [6], 3);
  const minMax: Calibration = { kind: 'minMax' };
  let programs = new ProgramCache();
  afterEach(() => {
    programs.dispose();
    programs = new ProgramCache();
  });

  it('given a model of the same shape, when it is measured again, then nothing is compiled anew, and its own weights count', async () => {
    const first = open(state, programs, { data });
    const ranges = await first.activationRanges(['hidden'], minMax);
    const loss = await first.lossWith(new Map());
    first.dispose();
    const { compiled } = programs;
    const halved = state.weights.map((weight) => ({ ...weight, values: weight.values.map((value) => value / 2) }));
    const second = open({ ...state, weights: halved }, programs, { data });
    expect((await second.activationRanges(['hidden'], minMax)).get('hidden')?.max).toBeLessThan(
      ranges.get('hidden')?.max ?? 0,
    );
    expect(await second.lossWith(new Map())).not.toBe(loss);
    second.dispose();
    expect(programs.compiled).toBe(compiled);
  });

  it('given grids of activations, then what is measured is on them', async () => {
    const grid = { scheme: 'asymmetric', bits: 8, scale: 0.5, zeroPoint: 128 } as const;
    const compression = {
      ...{ encodings: new Map(), activations: new Map([['hidden', grid]]), notes: [], layers: null },
    };
    const measures = open({ ...state, compression }, programs, { data });
    const range = (await measures.activationRanges(['hidden'], minMax)).get('hidden');
    for (const end of [range?.min, range?.max]) expect(Number.isInteger((end ?? Number.NaN) / 0.5)).toBe(true);
    const plain = open(state, programs, { data });
    expect(await measures.lossWith(new Map())).not.toBe(await plain.lossWith(new Map()));
    for (const each of [measures, plain]) each.dispose();
  });

  it('given an operation that no graph can have, then it measures eagerly and says why', async () => {
    await withUnfitTanh('reads its input back', async () => {
      const measures = open(state, programs, { data });
      const ranges = await measures.activationRanges(['hidden'], minMax);
      expect(ranges.get('hidden')?.max).toBeGreaterThan(0);
      expect(measures.eagerBecause()).toBe('a result is read back in the middle of the step');
      const losses = open(state, programs, { data });
      expect(await losses.lossWith(new Map())).toBeGreaterThan(0);
      expect(losses.eagerBecause()).toBe('a result is read back in the middle of the step');
      losses.dispose();
    });
  });

  it('given no example, then calibration is refused with the layer’s name', async () => {
    const measures = open(state, programs, { data: { ...data, train: new Int32Array() } });
    const error = await errorOf('PRUNEFRONT_COMPRESSION', () => measures.activationRanges(['hidden'], minMax));
    expect(error.facts.place).toBe('hidden');
  });

  it('given a tick that throws, then measuring ends there, and no tensor is left', async () => {
    let ticks = 0;
    const tick = async (): Promise<void> => {
      ticks += 1;
      if (ticks === 2) throw new Error('taken back');
    };
    const before = tf.memory().numTensors;
    const measures = open(state, programs, { data }, tick);
    await expect(measures.activationRanges(['hidden'], minMax)).rejects.toThrow('taken back');
    measures.dispose();
    expect(ticks).toBe(2);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(['compiled', 'eager'])(
    'given measurements, %s, when they are disposed, then no tensor is left',
    async (how) => {
      const measure = async (): Promise<void> => {
        const measures = open(state, how === 'compiled' ? programs : null, { data });
        await measures.lossWith(new Map());
        for (const calibration of CALIBRATIONS) await measures.activationRanges(['hidden'], calibration);
        await measures.lossWith(new Map());
        measures.dispose();
      };
      await measure();
      const before = tf.memory().numTensors;
      await measure();
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});
