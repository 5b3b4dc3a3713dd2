import { afterEach, describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../../../core/network/tensorflow.js';
import type { OptimizerSpec } from '../../../../../core/sweep/spec.js';
import { createOptimizer } from '../../../../../core/training/optimizers/index.js';
import { LayersStep, seedsOf } from '../../../../support/layers-models.js';

const tf = loadTensorFlow();
const { layers } = tf;
const ADAM = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
const OPTIMIZERS: readonly (readonly [string, OptimizerSpec])[] = [
  ['plain descent', { sgd: { learningRate: 0.05, momentum: 0, nesterov: false } }],
  ['momentum', { sgd: { learningRate: 0.05, momentum: 0.9, nesterov: false } }],
  ['Nesterov', { sgd: { learningRate: 0.05, momentum: 0.9, nesterov: true } }],
  ['Adam', { adam: ADAM }],
  ['AdamW', { adamW: { ...ADAM, weightDecay: 0.01 } }],
  ['RMSProp', { rmsProp: { learningRate: 0.01, rho: 0.9, momentum: 0.5, epsilon: 1e-7 } }],
];

describe('masks in a program', () => {
  afterEach(() => tf.disposeVariables());

  it.each(OPTIMIZERS)(
    'given %s with full slots, when masks are put on, then weights and slots are zero there after every step, and the rest trains',
    (_, optimizer) => {
      const step = new LayersStep(
        tf.sequential({
          layers: [layers.dense({ units: 6, inputShape: [5], activation: 'tanh' }), layers.dense({ units: 3 })],
        }),
      );
      const [kernel = '', , other = ''] = step.trainable;
      const program = step.compile({ optimizer, masked: [kernel, other] });
      const own = createOptimizer(optimizer);
      const train = (first: number): void => {
        const values = step.values(4, first);
        program.train(4, { values }, seedsOf(first, 1), Float32Array.from(own.numbers(first)));
      };
      for (let i = 0; i < 3; i++) train(i);
      const mask = Uint8Array.from({ length: 30 }, (_each, i) => (i % 3 === 0 ? 1 : 0));
      program.writeMasks(new Map([[kernel, mask]]));
      program.applyMasks();
      for (let i = 3; i < 9; i++) {
        const before = program.readWeights();
        const tensors = [before.get(kernel), ...(program.readSlots().get(kernel) ?? [])];
        expect(tensors).toHaveLength(1 + own.slotNames.length);
        for (const values of tensors) {
          expect([...mask].filter((bit, k) => bit === 0 && values?.[k] !== 0)).toEqual([]);
          expect([...mask].filter((bit, k) => bit === 1 && values?.[k] === 0)).toEqual([]);
        }
        // A weight that may be masked but isn't has a mask of ones.
        expect(before.get(other)?.some((value) => value === 0)).toBe(false);
        train(i);
        expect(program.readWeights().get(kernel)).not.toEqual(before.get(kernel));
        expect(program.readWeights().get(other)).not.toEqual(before.get(other));
      }
      program.dispose();
    },
  );
});
