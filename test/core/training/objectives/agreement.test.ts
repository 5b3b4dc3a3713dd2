import type { Tensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nativeBackend } from '../../../../core/network/native/backend.js';
import { nativeCrossEntropy } from '../../../../core/network/native/sparse-cross-entropy.js';
import type { Network } from '../../../../core/network/network.js';
import { randomSource } from '../../../../core/network/random-source.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { differenceOf } from '../../../../core/training/compiled/tracer/compare.js';
import { record } from '../../../../core/training/compiled/tracer/record.js';
import type { Recording } from '../../../../core/training/compiled/tracer/recording.js';
import { CompiledRunner } from '../../../../core/training/criteria/compiled-runner.js';
import { EagerRunner } from '../../../../core/training/criteria/eager-runner.js';
import type { Measurement } from '../../../../core/training/criteria/measurement.js';
import { relativeDifference } from '../../../../core/training/engines/agreement.js';
import { lossAndGradients } from '../../../../core/training/loss-and-gradients.js';
import { clipByGlobalNorm, clipByNorm, clipByValue } from '../../../../core/training/objectives/clipping.js';
import { classWeights, sampleWeights } from '../../../../core/training/objectives/example-weights.js';
import { type Objective, PLAIN_OBJECTIVE, variablesOf } from '../../../../core/training/objectives/index.js';
import { binaryCrossEntropy } from '../../../../core/training/objectives/losses/binary-cross-entropy.js';
import { createLoss } from '../../../../core/training/objectives/losses/index.js';
import { gammaPenalty, l1Penalty, l2Penalty } from '../../../../core/training/objectives/penalties.js';
import { normedNetwork } from '../../../support/normed-network.js';
import { examplesOf } from '../../../support/training-set.js';

const tf = loadTensorFlow();
const data = examplesOf(48, [6], 3);
let network: Network;
let teacher: Network;

beforeAll(async () => {
  network = await normedNetwork(tf, 2);
  teacher = await normedNetwork(tf, 5);
});
afterAll(() => {
  network.dispose();
  teacher.dispose();
});

type Batch = (x: Tensor, labels: Tensor) => Tensor[];
const labelled: Batch = (x, labels) => [x, labels];
/** A number between 0 and 1 a class. */
const dense: Batch = (x, labels) => [x, tf.oneHot(labels, 3).cast('float32').mul(0.8).add(0.1)];
const weighed: Batch = (x, labels) => [x, labels, labels.cast('float32').mul(0.3).add(0.1)];

const OBJECTIVES: readonly (readonly [string, () => Partial<Objective>, Batch])[] = [
  ['nothing more', () => ({}), labelled],
  ['class weights', () => ({ weights: classWeights([0.5, 2, 1]) }), labelled],
  ['sample weights', () => ({ weights: sampleWeights(2) }), weighed],
  ['binary cross-entropy', () => ({ loss: binaryCrossEntropy }), dense],
  ['squared errors', () => ({ loss: createLoss('meanSquaredError') }), dense],
  ['absolute errors', () => ({ loss: createLoss('meanAbsoluteError') }), dense],
  ["Huber's loss", () => ({ loss: createLoss({ huber: { delta: 0.7 } }) }), dense],
  ['a teacher', () => ({ distillation: { teacher, temperature: 4, alpha: 0.7 } }), labelled],
  ['penalties', () => ({ penalties: [l1Penalty(0.01), l2Penalty(0.02), gammaPenalty(0.1)] }), labelled],
  ['clipping by value', () => ({ clipping: clipByValue(0.05) }), labelled],
  ['clipping by norm', () => ({ clipping: clipByNorm(0.1) }), labelled],
  ['clipping by global norm', () => ({ clipping: clipByGlobalNorm(0.3) }), labelled],
  [
    'all of them',
    () => ({
      weights: classWeights([0.5, 2, 1]),
      distillation: { teacher, temperature: 2, alpha: 0.3 },
      penalties: [l1Penalty(0.01), gammaPenalty(0.1)],
      clipping: clipByGlobalNorm(0.3),
    }),
    labelled,
  ],
];

describe.each(OBJECTIVES)('an objective with %s', (name, parts, batchOf) => {
  it('given a batch, when its step runs compiled, then loss and gradients are those of eager', () => {
    const objective = { ...PLAIN_OBJECTIVE, ...parts() };
    const step: Measurement = {
      name: 'step',
      variables: variablesOf(network, objective),
      outputs: ['loss', ...network.trainable],
      run: ([x, labels], seed) => {
        const batch = batchOf(x as Tensor, labels as Tensor);
        const { loss, gradients } = lossAndGradients(tf, network, batch, seed, new Map(), objective);
        return [loss, ...gradients];
      },
      dispose() {},
    };
    const compiled = new CompiledRunner(tf, data);
    const eager = new EagerRunner(tf, data, name);
    const [indices, seed] = [data.train.slice(7, 23), Int32Array.of(12, 5)];
    compiled.prepare(step, [16]);
    const found = compiled.call(step, indices, seed);
    eager.call(step, indices, seed).forEach((values, i) => {
      expect(relativeDifference(values, found[i] ?? new Float32Array())).toBeLessThan(1e-5);
      expect(values.some((value) => value !== 0)).toBe(true);
    });
    compiled.dispose();
  });
});

describe('the plain objective', () => {
  it('given what a step did before there were objectives, then it does the very same operations', () => {
    const backend = nativeBackend(tf);
    if (backend === null) throw new Error('no TensorFlow');
    const x = tf.tensor2d(data.x.slice(0, 96) as Float32Array, [16, 6]);
    const labels = tf.tensor1d(data.labels.slice(0, 16), 'int32');
    const seed = tf.tensor1d([1, 2], 'int32');
    const run = (act: () => unknown): Recording => {
      tf.engine().startScope();
      const { recording } = record(backend, () => void act());
      tf.engine().endScope();
      return recording;
    };
    const variables = network.trainable.map((each) => network.variables.get(each) ?? tf.variable(x));
    const plainly = () => {
      const loss = () => nativeCrossEntropy(tf, backend, network.forward(x, randomSource(tf, seed)), labels);
      tf.variableGrads(loss, variables);
    };
    // The first time uploads the batch, too.
    run(plainly);
    const before = run(plainly);
    const now = run(() => lossAndGradients(tf, network, [x, labels], seed, new Map()));
    expect(differenceOf(before, now)).toBeNull();
    expect(before.events.length).toBeGreaterThan(30);
  });
});
