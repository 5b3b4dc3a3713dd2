import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPrepared } from '../../../core/datasets/prepare.js';
import { batchesOf, epochOrder, gatherBatch } from '../../../core/network/batches.js';
import { Network } from '../../../core/network/network.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { withLearningRate } from '../../../core/sweep/learning-rate.js';
import type { StageRecord } from '../../../core/sweep/observation.js';
import type { OperationOf, Stage, Training } from '../../../core/sweep/stage.js';
import type { ModelState } from '../../../core/training/stage-state.js';
import { storeModel } from '../../../core/training/stages/initial-state.js';
import type { StageContext } from '../../../core/training/stages/stage-context.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { sequentialOf } from '../../support/tiny-networks.js';
import { ADAM, pruning, savedModel, type TinySweep, tinySweep } from '../../support/tiny-sweep.js';

const tf = loadTensorFlow();
const topology = sequentialOf(
  [28, 28, 1],
  [
    {
      class_name: 'Conv2D',
      config: { name: 'conv', filters: 6, kernel_size: [5, 5], strides: [3, 3], activation: 'linear' },
    },
    { class_name: 'BatchNormalization', config: { name: 'norm', momentum: 0.9 } },
    { class_name: 'Activation', config: { name: 'relu', activation: 'relu' } },
    { class_name: 'Flatten', config: { name: 'flatten' } },
    { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } },
  ],
);
const training: Training = { epochs: 2, batchSize: 32, optimizer: withLearningRate(ADAM, 0.01) };
const sgd: Training = { ...training, optimizer: { sgd: { learningRate: 0.1, momentum: 0, nesterov: false } } };

describe.each([
  ['compiled', {}],
  ['eager', { programs: null }],
] as const)('recovery, %s', (_, engine: Partial<StageContext>) => {
  const temporaryFolder = temporaryFolders(afterAll);
  let sweep: TinySweep;
  let baseline: Stage;
  let dense: StageRecord;

  beforeAll(async () => {
    const folder = await temporaryFolder();
    sweep = await tinySweep(folder);
    const stored = await storeModel(await savedModel(join(folder, 'model'), topology), sweep.store);
    baseline = sweep.baseline({ stored }, [], { ...training, epochs: 6 });
    dense = await sweep.run(baseline, engine);
  });

  const pruned = (own: Training, rest: Partial<OperationOf<'prune'>> = {}) => {
    return sweep.run(sweep.child(baseline, pruning({ sparsity: 0.8, training: own, ...rest })), engine);
  };
  /** Of zeros with a sign the sign is left out. */
  const valuesOf = ({ weights }: ModelState, name: string): number[] =>
    Array.from(weights.find((weight) => weight.name === name)?.values ?? [], (value) => value + 0);

  it('given it, then it runs as asked', () => {
    expect(dense.observation.engine?.kind).toBe('programs' in engine ? 'eager' : 'compiled');
    expect(dense.observation.validation.accuracy).toBeGreaterThan(0.6);
  });

  it('given a rate that falls to nothing after an epoch, then the weights are those of one epoch', async () => {
    const one = await sweep.stateOf(await pruned({ ...sgd, epochs: 1 }));
    const schedule = { step: { every: 1, factor: 1e-12, warmup: 0 } };
    const two = await sweep.stateOf(await pruned({ ...sgd, epochs: 2, schedule }));
    const plain = await sweep.stateOf(await pruned({ ...sgd, epochs: 2 }));
    const name = 'out/kernel';
    expect(valuesOf(two, name)).toEqual(valuesOf(one, name));
    expect(valuesOf(plain, name)).not.toEqual(valuesOf(one, name));
  });

  it('given a rate at which it only gets worse, then it ends after its patience with the weights of the best epoch', async () => {
    const own = { ...training, epochs: 9, optimizer: withLearningRate(ADAM, 0.3) };
    const stopped = await pruned({ ...own, earlyStop: { patience: 2, minDelta: 0.01 } });
    const { earlyStop, curve, validation } = stopped.observation;
    const { epochs = 0, bestEpoch = 0 } = earlyStop ?? {};
    expect(epochs).toBeLessThan(9);
    expect(epochs - bestEpoch).toBe(2);
    expect(Math.max(...curve.map(({ epoch }) => epoch))).toBe(epochs);
    expect(validation.accuracy).toBe(curve.find(({ epoch }) => epoch === bestEpoch)?.validationAccuracy);
    // A training of so many epochs by themselves comes to the same weights.
    const alone = await sweep.stateOf(await pruned({ ...own, epochs: bestEpoch }));
    expect((await sweep.stateOf(stopped)).weights).toEqual(alone.weights);
  });

  it('given a schedule that prunes for most of the training, then no epoch before its end is the best', async () => {
    const schedule = { constant: { beginStep: 0, endStep: 35, frequency: 5 } };
    const { observation } = await pruned(
      { ...training, epochs: 6, earlyStop: { patience: 1, minDelta: 10 } },
      { schedule },
    );
    // Ten steps make an epoch.
    expect(observation.earlyStop).toEqual({ epochs: 5, bestEpoch: 4 });
    expect(observation.reachedSparsity).toBeCloseTo(0.8, 3);
  });

  it('given the dense baseline as the only teacher, then the candidate comes closer to what that says', async () => {
    const data = await loadPrepared(sweep.store, sweep.dataset);
    const { x, y } = gatherBatch(tf, data, data.validation);
    const logitsOf = async ({ weights }: ModelState): Promise<Tensor> => {
      const network = await Network.build(tf, topology, weights);
      const logits = tf.tidy(() => network.forward(x, null));
      network.dispose();
      return logits;
    };
    const taught = await logitsOf(await sweep.stateOf(dense));
    /** H(teacher, candidate) at temperature 4. */
    const distanceOf = async (record: StageRecord): Promise<number> => {
      const own = await logitsOf(await sweep.stateOf(record));
      const found = tf.tidy(() =>
        tf
          .softmax(taught.div(4))
          .mul(tf.logSoftmax(own.div(4)))
          .sum(1)
          .mean()
          .neg(),
      );
      const [value = Number.NaN] = found.dataSync();
      tf.dispose([own, found]);
      return value;
    };
    const own = { ...training, epochs: 4 };
    const distilled = await pruned({ ...own, distill: { temperature: 4, weight: 1 } });
    const plain = await pruned(own);
    expect(distilled.observation.engine?.kind).toBe(dense.observation.engine?.kind);
    expect(await distanceOf(distilled)).toBeLessThan(await distanceOf(plain));
    tf.dispose([x, y, taught]);
  });

  it('given no training, then the statistics of batch norm are the means of those of its batches, and nothing else changes', async () => {
    const none = { ...training, epochs: 0 };
    const [raw, adapted] = [await pruned(none), await pruned({ ...none, batchNorm: { batches: 3 } })];
    const [before, after] = [await sweep.stateOf(raw), await sweep.stateOf(adapted)];
    const data = await loadPrepared(sweep.store, sweep.dataset);
    const network = await Network.build(tf, topology, before.weights);
    const batches = [...batchesOf(epochOrder(data.train, 1, 0).subarray(0, 3 * 32), 32)];
    const moments = batches.map((batch) =>
      tf.tidy(() => {
        const { x } = gatherBatch(tf, data, batch);
        const { mean, variance } = tf.moments(network.layerOutputs(x, null).get('conv') as Tensor, [0, 1, 2]);
        return [mean.dataSync(), variance.dataSync()] as const;
      }),
    );
    network.dispose();
    ['norm/moving_mean', 'norm/moving_variance'].forEach((name, k) => {
      valuesOf(after, name).forEach((value, i) => {
        expect(value).toBeCloseTo(moments.reduce((sum, pair) => sum + (pair[k]?.[i] ?? Number.NaN), 0) / 3, 4);
      });
      expect(valuesOf(after, name)).not.toEqual(valuesOf(before, name));
    });
    const others = ({ weights }: ModelState) => weights.filter(({ name }) => !name.startsWith('norm/moving'));
    expect(others(after)).toEqual(others(before));
    expect(adapted.observation.afterPruning).toEqual(raw.observation.validation);
    expect(adapted.observation.validation.loss).not.toBe(raw.observation.validation.loss);
    expect(adapted.observation.engine).toEqual(dense.observation.engine);
  });

  it('given a stage with all of it, then no tensor is left', async () => {
    const before = tf.memory().numTensors;
    await pruned({
      ...training,
      epochs: 1,
      schedule: { cosine: { warmup: 0.5 } },
      earlyStop: { patience: 1, minDelta: 0 },
      distill: { temperature: 2, weight: 0.5 },
      batchNorm: { batches: 1 },
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
