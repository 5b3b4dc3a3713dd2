import { afterEach, describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../../../core/network/tensorflow.js';
import { EagerOnly } from '../../../../../core/training/compiled/eager-only.js';
import { Program } from '../../../../../core/training/compiled/program/program.js';
import type { AddOperation } from '../../../../../core/training/compiled/tracer/replay.js';
import { LayersStep, requireNative, seedsOf } from '../../../../support/layers-models.js';

const tf = loadTensorFlow();
const { layers } = tf;

describe('a pass of a traced function in a program', () => {
  afterEach(() => tf.disposeVariables());
  const dense = (): LayersStep =>
    new LayersStep(tf.sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] }));

  it('given a tensor that a closure holds, then it runs eagerly, and that is the reason', () => {
    const step = dense();
    const held = tf.tensor1d([1, 2, 3]);
    requireNative().getInputTensorIds([held]);
    const main = step.trace(step.values(4, 1), 0, [], ([x]) => [tf.mul(x ?? 0, held)]);
    const load = (): Program =>
      Program.load({
        backend: requireNative(),
        weights: step.variables,
        columns: step.columns,
        rows: null,
        training: null,
        functions: [{ name: 'held', batchSize: 4, trace: main }],
      });
    expect(load).toThrow(EagerOnly);
    expect(load).toThrow('it uses a tensor that was made before and is no weight');
    held.dispose();
  });

  it('given an operation to add in another way, then every pass is made of that', () => {
    const step = dense();
    const main = step.trace(step.values(4, 1));
    const seen: string[] = [];
    const counting: AddOperation = (scope, op, inputs, attributes) => {
      seen.push(op);
      return scope.add(op, inputs, attributes);
    };
    const program = Program.load({
      backend: requireNative(),
      weights: step.variables,
      columns: step.columns,
      rows: null,
      training: null,
      functions: [{ name: 'step', batchSize: 4, trace: main, addOperation: counting }],
    });
    program.writeWeights(step.weights());
    const values = step.values(4, 1);
    expect(program.call('step', { values }, seedsOf(0, 1)).outputs[0]?.[0]).toBeCloseTo(
      main.outputs[0]?.values[0] ?? 0,
      5,
    );
    expect(seen).toContain('MatMul');
    program.dispose();
  });

  it('given weights that are called like nodes of the program, then they are found by their names', () => {
    const names = ['losses', 'masking', 'weight_0'];
    const step = new LayersStep(
      tf.sequential({ layers: names.map((name) => layers.dense({ units: 3, inputShape: [3], name })) }),
    );
    const program = step.compile();
    expect(program.readWeights()).toEqual(step.weights());
    expect([...program.readWeights().keys()]).toEqual([...step.variables.keys()]);
    program.dispose();
  });
});
