import type { Tensor, Variable } from '@tensorflow/tfjs';
import { afterEach, describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../../../core/network/tensorflow.js';
import { EagerOnly } from '../../../../../core/training/compiled/eager-only.js';
import { differenceOf } from '../../../../../core/training/compiled/tracer/compare.js';
import { trace } from '../../../../../core/training/compiled/tracer/trace.js';
import { handlesInUse, requireNative } from '../../../../support/layers-models.js';

const tf = loadTensorFlow();
const backend = requireNative();

describe('a trace', () => {
  afterEach(() => tf.disposeVariables());
  const variables = (): ReadonlyMap<string, Variable> =>
    new Map([
      ['a', tf.tidy(() => tf.variable(tf.tensor1d([1, 2])))],
      ['b', tf.tidy(() => tf.variable(tf.tensor1d([3, 4])))],
    ]);

  it('given a function, then it tells what ran, on which handles, and what came of it', () => {
    const own = variables();
    const x = tf.tensor1d([10, 20]);
    const { recording, inputs, outputs, changes } = trace(tf, backend, own, [x], () => [
      x.mul(own.get('a') as Tensor),
      x.sub(1),
    ]);
    expect(recording.events.flatMap((event) => (event.kind === 'operation' ? [event.name] : []))).toEqual([
      'Mul',
      'Sub',
    ]);
    const [product] = recording.events.filter(({ kind }) => kind === 'operation');
    expect(product).toMatchObject({ inputs: [inputs[0], expect.any(Number)] });
    expect(outputs.map(({ shape, values }) => [shape, ...values])).toEqual([
      [[2], 10, 40],
      [[2], 9, 19],
    ]);
    expect(changes.size).toBe(0);
    x.dispose();
  });

  it('given a function that assigns to a variable, then the new value is told, and the variable has its old one afterwards', () => {
    const own = variables();
    const { changes } = trace(tf, backend, own, [], () => {
      own.get('b')?.assign(tf.tidy(() => (own.get('b') as Tensor).mul(2)));
      return [];
    });
    expect([...changes].map(([name, { values }]) => [name, ...values])).toEqual([['b', 6, 8]]);
    expect([...(own.get('b')?.dataSync() ?? [])]).toEqual([3, 4]);
  });

  it('given a value that only JavaScript has, then it is uploaded inside of the trace', () => {
    const { recording, outputs } = trace(tf, backend, new Map(), [], () => [tf.tensor1d([5, 6, 7])]);
    expect(recording.events).toMatchObject([{ kind: 'upload', shape: [3] }]);
    expect(outputs[0]?.values).toEqual(Float32Array.of(5, 6, 7));
  });

  it('given a function that reads a result back, then it runs eagerly, and that is the reason', () => {
    const x = tf.tensor1d([1, 2]);
    const readsBack = (): Tensor[] => [x.mul(x.sum().dataSync()[0] ?? 0)];
    expect(() => trace(tf, backend, variables(), [x], readsBack)).toThrow(EagerOnly);
    expect(() => trace(tf, backend, variables(), [x], readsBack)).toThrow(
      'a result is read back in the middle of the step',
    );
    x.dispose();
  });

  it('given random numbers that JavaScript draws, then two traces disagree on a constant', () => {
    const x = tf.tensor1d([1, 2, 3, 4, 5, 6, 7, 8]);
    const recordingOf = () => trace(tf, backend, new Map(), [x], () => [tf.dropout(x, 0.5)]).recording;
    expect(differenceOf(recordingOf(), recordingOf())).toContain('computed outside TensorFlow');
    x.dispose();
  });

  it('given a function that fails in the middle, then variables, tensors and the binding are as before', () => {
    const own = variables();
    const { binding } = backend;
    for (const variable of own.values()) variable.dataSync();
    backend.getInputTensorIds([...own.values()]);
    const before = handlesInUse();
    const fails = (): Tensor[] => {
      own.get('a')?.assign(tf.tidy(() => (own.get('a') as Tensor).mul(2)));
      throw new Error('in the middle');
    };
    expect(() => trace(tf, backend, own, [], fails)).toThrow('in the middle');
    expect([...(own.get('a')?.dataSync() ?? [])]).toEqual([1, 2]);
    expect(backend.binding).toBe(binding);
    expect(handlesInUse()).toEqual(before);
  });
});
