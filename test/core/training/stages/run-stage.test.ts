import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPrepared } from '../../../../core/datasets/prepare.js';
import { WEIGHTS_FILE } from '../../../../core/models/model-file.js';
import { gatherBatch } from '../../../../core/network/batches.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { scoredKernels } from '../../../../core/pruning/criteria/index.js';
import { magnitude } from '../../../../core/pruning/criteria/magnitude.js';
import { weight as singleWeights } from '../../../../core/pruning/granularities/weight.js';
import { kernelMasks } from '../../../../core/pruning/kernel-masks.js';
import { SCOPES } from '../../../../core/pruning/scopes/index.js';
import type { StageRecord } from '../../../../core/sweep/observation.js';
import type { OperationOf, Stage } from '../../../../core/sweep/stage.js';
import { mainScore } from '../../../../core/sweep/task.js';
import type { ModelState } from '../../../../core/training/stage-state.js';
import { storeModel } from '../../../../core/training/stages/initial-state.js';
import { projectRoot } from '../../../../tools/paths.mjs';
import { errorOf } from '../../../support/errors.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { sequentialOf } from '../../../support/tiny-networks.js';
import { pruning, savedModel, type TinySweep, TRAINING, trainedSweep } from '../../../support/tiny-sweep.js';

const tf = loadTensorFlow();
const prune = (rest: Partial<OperationOf<'prune'>>) => pruning({ sparsity: 0.9, ...rest });

describe('stages', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  let folder: string;
  let sweep: TinySweep;
  let baseline: Stage;
  let dense: StageRecord;

  beforeAll(async () => {
    folder = await temporaryFolder();
    ({ sweep, baseline, dense } = await trainedSweep(folder, [0, 1]));
  });

  /** What the baseline was after an epoch. */
  const earlyState = (epoch: string) => sweep.stateOf({ state: dense.rewindStates[epoch] ?? '' });

  it('given a baseline, then it learns, keeps the epochs to rewind to, and is not trained twice', async () => {
    expect(dense.observation.validation.accuracy).toBeGreaterThan(0.6);
    expect(Object.keys(dense.rewindStates)).toEqual(['0', '1']);
    expect(dense.observation).toMatchObject({
      parameters: 50_890,
      macs: 50_816,
      bytesDense: 203_560,
      surgeryDifference: null,
      test: null,
    });
    let progressed = 0;
    expect(await sweep.run(baseline, { onProgress: () => progressed++ })).toEqual(dense);
    expect(progressed).toBe(0);
  });

  it('given a stage that ran, then no tensor is left of it', async () => {
    const before = tf.memory().numTensors;
    await sweep.run(
      sweep.child(baseline, prune({ schedule: { constant: { beginStep: 2, endStep: null, frequency: 5 } } })),
    );
    await sweep.run(
      sweep.child(
        baseline,
        prune({ method: { granularity: 'neuron', criterion: 'l2', scope: 'layer' }, sparsity: 0.5 }),
      ),
    );
    await sweep.run(sweep.child(baseline, { kind: 'score' }));
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(['global', 'layer'] as const)(
    'given weights pruned with the scope %s, then exactly the sparsity is reached and kept by a tune stage',
    async (scope) => {
      const method = { granularity: 'weight', criterion: 'magnitude', scope } as const;
      const pruned = sweep.child(baseline, prune({ method }));
      const { observation } = await sweep.run(pruned);
      expect(observation.reachedSparsity).toBeCloseTo(0.9, 4);
      expect(observation.nonzeroParameters).toBeLessThan(0.1 * 50_890 + 80);
      expect(observation.macs).toBe(50_816);
      expect(observation.bytesGzip).toBeLessThan(dense.observation.bytesGzip / 3);
      expect(observation.afterPruning?.examples).toBe(observation.validation.examples);
      const tuned = await sweep.run(sweep.child(pruned, { kind: 'tune', training: TRAINING }));
      expect(tuned.observation.nonzeroParameters).toBeLessThanOrEqual(observation.nonzeroParameters);
      expect(tuned.observation.reachedSparsity).toBe(observation.reachedSparsity);
      expect(new Set(tuned.observation.curve.map((point) => point.sparsity))).toEqual(new Set([0.9]));
      expect(tuned.observation.deviceSeconds).toBeGreaterThan(observation.deviceSeconds);
    },
  );

  it('given a stage without training, then the target is reached all the same', async () => {
    const { observation } = await sweep.run(sweep.child(baseline, prune({ training: { ...TRAINING, epochs: 0 } })));
    expect(observation.reachedSparsity).toBeCloseTo(0.9, 4);
    expect(observation.afterPruning).toEqual(observation.validation);
  });

  it('given neurons removed in two rounds, then the model is smaller, proven, and the sparsity counts from the baseline', async () => {
    const neurons = { granularity: 'neuron', criterion: 'l1', scope: 'layer' } as const;
    const first = sweep.child(baseline, prune({ method: neurons, sparsity: 0.25 }));
    const second = sweep.child(first, prune({ method: neurons, sparsity: 0.5 }));
    await sweep.run(first);
    const record = await sweep.run(second);
    expect(record.observation).toMatchObject({ parameters: 784 * 32 + 32 + 32 * 10 + 10, reachedSparsity: 0.5 });
    expect(record.observation.macs).toBe(784 * 32 + 320);
    expect(record.observation.surgeryDifference).toBeGreaterThanOrEqual(0);
    expect(record.observation.surgeryDifference).toBeLessThan(1e-4);
    expect(record.observation.layers[0]).toMatchObject({ layer: 'hidden', units: 32, baselineUnits: 64 });
    expect(new Set((await sweep.stateOf(record)).keptUnits['hidden']).size).toBe(32);
  });

  it('given neurons of sigmoids removed, then the halves that they give without weights are folded, and the smaller model is proven', async () => {
    const layers = [
      { class_name: 'Flatten', config: { name: 'flat' } },
      { class_name: 'Dense', config: { name: 'hidden', units: 16, activation: 'sigmoid' } },
      { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } },
    ];
    const file = await savedModel(join(folder, 'sigmoids'), sequentialOf([28, 28, 1], layers));
    const sigmoids = sweep.baseline({ stored: await storeModel(file, sweep.store) });
    await sweep.run(sigmoids);
    const method = { granularity: 'neuron', criterion: 'l1', scope: 'layer' } as const;
    const { observation } = await sweep.run(sweep.child(sigmoids, prune({ method, sparsity: 0.5 })));
    expect(observation.layers[0]).toMatchObject({ layer: 'hidden', units: 8, baselineUnits: 16 });
    expect(observation.surgeryDifference).toBeLessThan(1e-4);
  });

  it('given a rewind to the start, then surviving weights are the initial ones', async () => {
    const record = await sweep.run(
      sweep.child(baseline, prune({ rewind: 'start', training: { ...TRAINING, epochs: 0 } })),
    );
    const { weights, masks } = await sweep.stateOf(record);
    const initial = await earlyState('0');
    for (const { name, values } of weights) {
      const early = initial.weights.find((weight) => weight.name === name)?.values ?? new Float32Array();
      const mask = masks.get(name);
      expect(values).toEqual(mask === undefined ? early : early.map((value, i) => value * (mask[i] ?? 0) + 0));
    }
  });

  it('given neurons removed with a rewind to an epoch, then the kept ones are those of that epoch', async () => {
    const method = { granularity: 'neuron', criterion: 'l1', scope: 'layer' } as const;
    const record = await sweep.run(
      sweep.child(
        baseline,
        prune({ method, sparsity: 0.5, rewind: { epoch: 1 }, training: { ...TRAINING, epochs: 0 } }),
      ),
    );
    const { weights, keptUnits } = await sweep.stateOf(record);
    const early = await earlyState('1');
    const bias = early.weights.find(({ name }) => name === 'hidden/bias')?.values ?? new Float32Array();
    expect([...(weights.find(({ name }) => name === 'hidden/bias')?.values ?? [])]).toEqual(
      keptUnits['hidden']?.map((unit) => bias[unit]),
    );
  });

  it('given weights drawn anew, then those that survive are neither the trained nor the first ones, and the same each time', async () => {
    const method = { granularity: 'neuron', criterion: 'l1', scope: 'layer' } as const;
    const none = { ...TRAINING, epochs: 0 };
    const stage = sweep.child(baseline, prune({ method, sparsity: 0.5, rewind: 'random', training: none }));
    const small = await sweep.stateOf(await sweep.run(stage));
    const valuesOf = (state: ModelState, name: string) =>
      state.weights.find((weight) => weight.name === name)?.values ?? new Float32Array();
    const drawn = valuesOf(small, 'hidden/kernel');
    const initial = await earlyState('0');
    expect(drawn).toHaveLength(784 * 32);
    // Glorot's limit is that of the small shape.
    const limit = Math.sqrt(6 / (784 + 32));
    expect(Math.max(...drawn)).toBeLessThanOrEqual(limit);
    expect(Math.max(...drawn)).toBeGreaterThan(0.99 * limit);
    for (const state of [initial, await sweep.stateOf(dense)]) {
      const known = new Set(valuesOf(state, 'hidden/kernel'));
      // Few floats are so near to zero that two draws don't meet now and then.
      expect(drawn.filter((value) => known.has(value)).length).toBeLessThan(0.02 * drawn.length);
    }
    const masked = await sweep.stateOf(
      await sweep.run(sweep.child(baseline, prune({ rewind: 'random', training: none }))),
    );
    const mask = masked.masks.get('hidden/kernel') ?? new Uint8Array();
    expect(valuesOf(masked, 'hidden/kernel').every((value, i) => (value !== 0) === (mask[i] === 1))).toBe(true);
    const { sweep: other } = await trainedSweep(await temporaryFolder(), [0, 1]);
    expect((await other.run(stage)).state).toBe((await sweep.run(stage)).state);
  });

  it('given a candidate that starts where the baseline did, then what is pruned and trained are those weights', async () => {
    const none = { ...TRAINING, epochs: 0 };
    const { weights, masks } = await sweep.stateOf(
      await sweep.run(sweep.child(baseline, prune({ from: 'start', training: none }))),
    );
    const initial = await earlyState('0');
    const kernels = scoredKernels(initial.topology, initial.weights).map((kernel) => ({
      ...kernel,
      scores: magnitude(kernel.values),
    }));
    const choices = { granularity: singleWeights, granularitySettings: {}, scopeSettings: {} };
    const { masks: expected } = kernelMasks(
      kernels,
      { ...choices, scope: SCOPES.get('global') },
      { sparsity: 0.9, count: 'weights' },
    );
    expect([...masks]).toEqual([...expected]);
    for (const { name, values } of weights) {
      const early = initial.weights.find((weight) => weight.name === name)?.values ?? new Float32Array();
      expect(values).toEqual(early.map((value, i) => value * (masks.get(name)?.[i] ?? 1) + 0));
    }
    const later = await sweep.run(sweep.child(baseline, prune({ from: { epoch: 1 } })));
    expect(later.observation.reachedSparsity).toBeCloseTo(0.9, 4);
    await errorOf('PRUNEFRONT_ARTIFACT_MISSING', () => sweep.run(sweep.child(baseline, prune({ from: { epoch: 2 } }))));
  });

  it('given a score stage, then the test split is scored and nothing else changes', async () => {
    const { observation } = await sweep.run(sweep.child(baseline, { kind: 'score' }));
    expect(observation).toEqual({ ...dense.observation, test: observation.test });
    expect(observation.test?.examples).toBeGreaterThan(90);
  });

  it('given a model that does not fit the data, then it is refused before it trains', async () => {
    const file = await savedModel(
      join(folder, 'model'),
      sequentialOf([5], [{ class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } }]),
    );
    const stored = await storeModel(file, sweep.store);
    const error = await errorOf('PRUNEFRONT_DATA_SHAPE', () => sweep.run(sweep.baseline({ stored })));
    expect(error.facts).toMatchObject({ found: 'examples of shape [28, 28, 1]', allowed: '[5]' });
  });

  it('given the exported model of a smaller candidate, then tfjs-node and plain tfjs load it and give the recorded accuracy', async () => {
    const method = { granularity: 'neuron', criterion: 'l1', scope: 'layer' } as const;
    const { model, observation } = await sweep.run(sweep.child(baseline, prune({ method, sparsity: 0.75 })));
    const exported = join(folder, 'exported');
    await mkdir(exported);
    await writeFile(join(exported, 'model.json'), await sweep.store.getBlob(model.topology));
    await writeFile(join(exported, WEIGHTS_FILE), await sweep.store.getBlob(model.weights));
    const data = await loadPrepared(sweep.store, sweep.dataset);
    const { x, y } = gatherBatch(tf, data, data.validation);
    const loaded = await tf.loadLayersModel(`file://${join(exported, 'model.json')}`);
    const probabilities = loaded.predict(x) as import('@tensorflow/tfjs').Tensor;
    const correct = tf.tidy(() => probabilities.argMax(1).equal(y).sum().dataSync()[0] ?? 0);
    expect(correct / data.validation.length).toBeCloseTo(mainScore(observation.validation), 6);
    expect(tf.tidy(() => probabilities.sum(1).min().dataSync()[0])).toBeCloseTo(1, 4);
    await writeFile(
      join(folder, 'probe.json'),
      JSON.stringify({ x: [...x.dataSync()], y: [...y.dataSync()], folder: exported }),
    );
    expect(accuracyInPlainTfjs(join(folder, 'probe.json'))).toBeCloseTo(mainScore(observation.validation), 6);
    for (const each of [x, y, probabilities, loaded]) each.dispose();
  });
});

/** Accuracy of an exported model in a process that has plain tfjs, without TensorFlow. */
function accuracyInPlainTfjs(probe: string): number {
  const script = `
    const { readFileSync } = require('node:fs');
    const tf = require('@tensorflow/tfjs');
    const { x, y, folder } = JSON.parse(readFileSync(${JSON.stringify(probe)}, 'utf8'));
    const json = JSON.parse(readFileSync(folder + '/model.json', 'utf8'));
    const weights = readFileSync(folder + '/${WEIGHTS_FILE}');
    const weightData = weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength);
    (async () => {
      const handler = tf.io.fromMemory({ modelTopology: json.modelTopology, weightSpecs: json.weightsManifest[0].weights, weightData });
      const model = await tf.loadLayersModel(handler);
      const found = model.predict(tf.tensor(x, [y.length, 28, 28, 1])).argMax(1).arraySync();
      console.log('accuracy ' + found.filter((label, i) => label === y[i]).length / y.length);
    })();`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: projectRoot(), encoding: 'utf8' });
  const [, accuracy] = /accuracy ([\d.]+)/.exec(stdout) ?? [];
  if (accuracy === undefined) throw new Error(stdout + stderr);
  return Number(accuracy);
}
