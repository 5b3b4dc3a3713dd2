import type { LayersModel } from '@tensorflow/tfjs';
import { afterEach, describe, expect, it } from 'vitest';
import { BYTE_SCALE } from '../../../../../core/network/batches.js';
import { loadTensorFlow } from '../../../../../core/network/tensorflow.js';
import { Program } from '../../../../../core/training/compiled/program/program.js';
import { MOST_STEPS_A_CALL } from '../../../../../core/training/compiled/program/training-loop.js';
import { trace } from '../../../../../core/training/compiled/tracer/trace.js';
import { AGREEMENT, relativeDifference } from '../../../../../core/training/engines/agreement.js';
import { LayersStep, requireNative, seedsOf } from '../../../../support/layers-models.js';

const tf = loadTensorFlow();
const { layers } = tf;
const MOMENTUM = { sgd: { learningRate: 0.05, momentum: 0.9, nesterov: false } };

/** With everything that a step can carry on: slots, moving statistics, random numbers. */
function noisyModel(): LayersModel {
  return tf.sequential({
    layers: [
      layers.dense({ units: 6, inputShape: [5], activation: 'tanh' }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.3 }),
      layers.gaussianNoise({ stddev: 0.2 }),
      layers.dense({ units: 3 }),
    ],
  });
}

function rates(steps: number, rate = 0.05): Float32Array {
  return new Float32Array(steps).fill(rate);
}

describe('a program', () => {
  const programs: Program[] = [];
  const kept = (program: Program): Program => {
    programs.push(program);
    return program;
  };
  afterEach(() => {
    for (const program of programs.splice(0)) program.dispose();
    tf.disposeVariables();
  });

  it('given a model with two inputs and two outputs, then each has its column, and the step is that of eager', () => {
    const [a, b] = [tf.input({ shape: [4] }), tf.input({ shape: [2, 3] })];
    const joined = layers
      .concatenate()
      .apply([layers.dense({ units: 5, activation: 'relu' }).apply(a), layers.flatten().apply(b)] as (typeof a)[]);
    const outputs = [
      layers.dense({ units: 3 }).apply(joined),
      layers.dense({ units: 1 }).apply(joined),
    ] as (typeof a)[];
    const step = new LayersStep(tf.model({ inputs: [a, b], outputs }), 6);
    expect(step.columns.map(({ exampleShape }) => exampleShape)).toEqual([[4], [2, 3], [3], [1]]);
    const program = kept(step.compile());
    const values = step.values(6, 3);
    const eager = step.trace(values, 0);
    const { outputs: found } = program.call('step', { values }, seedsOf(0, 1));
    eager.outputs.forEach(({ values: expected }, i) => {
      expect(relativeDifference(expected, found[i] ?? new Float32Array())).toBeLessThanOrEqual(AGREEMENT);
    });
    // Every column counts.
    for (let i = 0; i < values.length; i++) {
      const other = values.map((column, k) => (i === k ? column.map((value) => value + 1) : column));
      expect(program.call('step', { values: other }, seedsOf(0, 1)).outputs[0]).not.toEqual(found[0]);
    }
  });

  it('given the same examples as resident data and as fed values, when each trains, then losses, weights and slots are bit-equal', () => {
    const step = new LayersStep(noisyModel());
    const examples = 12;
    const data = step.values(examples, 7);
    const resident = kept(step.compile({ optimizer: MOMENTUM, rows: examples }));
    resident.writeColumns(data);
    const fed = kept(step.compile({ optimizer: MOMENTUM }));
    const indices = Int32Array.from({ length: 5 * 4 }, (_, i) => (i * 7) % examples);
    const values = data.map((column) => {
      const size = column.length / examples;
      return Float32Array.from([...indices].flatMap((index) => [...column.subarray(index * size, (index + 1) * size)]));
    });
    const losses = resident.train(4, { indices }, seedsOf(0, 5), rates(5));
    expect(fed.train(4, { values }, seedsOf(0, 5), rates(5))).toEqual(losses);
    expect(fed.readWeights()).toEqual(resident.readWeights());
    expect(fed.readSlots()).toEqual(resident.readSlots());
    expect(resident.residentBytes - fed.residentBytes).toBe(examples * (5 + 3) * 4);
  });

  it.each<[string, number, (bytes: Uint8Array) => Uint8Array]>([
    ['words', 256, (bytes) => bytes],
    ['no whole number of words', 255, (bytes) => bytes],
    ['words in an array that does not begin at one', 256, (bytes) => Uint8Array.of(0, ...bytes).subarray(1)],
    ['words in a part of a Buffer that does not begin at one', 256, (bytes) => Buffer.of(0, ...bytes).subarray(1)],
  ])(
    'given bytes that are %s, then a function sees what JavaScript makes of them, to the last bit',
    (_, size, laid) => {
      const bytes = Uint8Array.from({ length: size }, (_, i) => i);
      const seen = tf.tensor(
        Float32Array.from(bytes, (value) => value * BYTE_SCALE),
        [1, size],
      );
      const seed = tf.tensor1d([0, 0], 'int32');
      const own = trace(tf, requireNative(), new Map(), [seen, seed], () => [seen.add(0)]);
      const program = kept(
        Program.load({
          backend: requireNative(),
          weights: new Map(),
          columns: [{ dtype: 'uint8', exampleShape: [size] }],
          rows: 1,
          training: null,
          functions: [{ name: 'seen', batchSize: 1, trace: own }],
        }),
      );
      program.writeColumns([laid(bytes)]);
      const { outputs } = program.call('seen', { indices: Int32Array.of(0) }, Int32Array.of(0, 0));
      expect(outputs[0]).toEqual(seen.dataSync());
      expect(program.residentBytes).toBe(size);
      tf.dispose([seen, seed]);
    },
  );

  it('given one seed twice, then weights are bit-equal; given another one, they are not', () => {
    const step = new LayersStep(noisyModel());
    const values = step.values(4 * 8, 3);
    const weightsOf = (seed: number): Map<string, Float32Array> => {
      const program = kept(step.compile({ optimizer: MOMENTUM }));
      program.train(4, { values }, seedsOf(0, 8, seed), rates(8));
      return program.readWeights();
    };
    const first = weightsOf(1);
    expect(weightsOf(1)).toEqual(first);
    expect(weightsOf(2)).not.toEqual(first);
  });

  it('given many steps, when they go in one call or in many, then the result is bit-equal', () => {
    const step = new LayersStep(noisyModel());
    const program = kept(step.compile({ optimizer: MOMENTUM }));
    const columns = step.values(4 * 9, 3);
    const together = program.train(4, { values: columns }, seedsOf(0, 9), rates(9));
    const weights = program.readWeights();
    program.writeWeights(step.weights());
    program.writeSlots(new Map());
    const apart = Array.from({ length: 9 }, (_, i) => {
      const values = columns.map((column) => column.slice((i * column.length) / 9, ((i + 1) * column.length) / 9));
      return program.train(4, { values }, seedsOf(i, 1), rates(1))[0];
    });
    expect(apart).toEqual([...together]);
    expect(program.readWeights()).toEqual(weights);
  });

  it('given two learning rates, then one program takes both, and plain descent moves in proportion', () => {
    const step = new LayersStep(tf.sequential({ layers: [layers.dense({ units: 2, inputShape: [5] })] }));
    const program = kept(step.compile());
    const values = step.values(4, 3);
    const moved = (rate: number): number[] => {
      program.writeWeights(step.weights());
      program.train(4, { values }, seedsOf(0, 1), rates(1, rate));
      const after = program.readWeights();
      return [...step.weights()].flatMap(([name, before]) =>
        [...before].map((value, i) => (after.get(name)?.[i] ?? 0) - value),
      );
    };
    const slow = moved(0.01);
    moved(0.08).forEach((fast, i) => {
      expect(fast / 8).toBeCloseTo(slow[i] ?? Number.NaN, 6);
    });
    expect(Math.max(...slow.map(Math.abs))).toBeGreaterThan(1e-4);
    expect(moved(0).every((change) => change === 0)).toBe(true);
  });

  it('given a function, when it is called, then weights and moving statistics stay, and what they would become is told', () => {
    const step = new LayersStep(noisyModel());
    const program = kept(step.compile());
    const before = program.readWeights();
    const { changes } = program.call('step', { values: step.values(4, 3) }, seedsOf(0, 1));
    expect(program.readWeights()).toEqual(before);
    expect(changes.size).toBe(2);
    program.train(4, { values: step.values(4, 3) }, seedsOf(0, 1), rates(1));
    for (const [name, values] of changes) expect(program.readWeights().get(name)).toEqual(values);
  });

  it('given slots, then they come back as they were written, and those that are not named become zero', () => {
    const step = new LayersStep(noisyModel());
    const program = kept(step.compile({ optimizer: MOMENTUM }));
    const [name = ''] = step.trainable;
    const own = Float32Array.from({ length: 30 }, (_, i) => i - 10);
    program.writeSlots(new Map([[name, [own]]]));
    const slots = program.readSlots();
    expect([...slots.keys()]).toEqual(step.trainable);
    expect(slots.get(name)).toEqual([own]);
    program.writeSlots(new Map());
    expect(program.readSlots().get(name)).toEqual([new Float32Array(30)]);
  });

  it('given what it does not have, then it says so', () => {
    const step = new LayersStep(noisyModel());
    const program = kept(step.compile());
    const values = step.values(4, 3);
    expect(program.has('step')).toBe(true);
    expect(program.has('other')).toBe(false);
    expect(() => program.call('other', { values }, seedsOf(0, 1))).toThrow('the program has no function other');
    expect(() => program.train(5, { values }, seedsOf(0, 1), rates(1))).toThrow('no loop of 1 steps of 5');
    const tooMany = MOST_STEPS_A_CALL + 1;
    expect(() => program.train(4, { values }, seedsOf(0, tooMany), rates(tooMany))).toThrow(
      'no loop of 257 steps of 4',
    );
    expect(() => program.writeWeights(new Map([['other', new Float32Array(1)]]))).toThrow(
      'the program has no weight other',
    );
  });

  it('given as many steps as a call can take, then it takes them all', () => {
    const step = new LayersStep(tf.sequential({ layers: [layers.dense({ units: 2, inputShape: [5] })] }), 1);
    const program = kept(step.compile());
    const values = step.values(MOST_STEPS_A_CALL, 3);
    const losses = program.train(1, { values }, seedsOf(0, MOST_STEPS_A_CALL), rates(MOST_STEPS_A_CALL));
    expect(losses).toHaveLength(MOST_STEPS_A_CALL);
    expect(losses.every((loss) => loss > 0)).toBe(true);
  });
});
