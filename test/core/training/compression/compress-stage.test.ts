import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeContainer } from '../../../../core/compression/container/container.js';
import { dequantize } from '../../../../core/compression/quantization/quantize.js';
import { loadPrepared } from '../../../../core/datasets/prepare.js';
import { createJudge } from '../../../../core/evaluation/judges/index.js';
import { scoreModel } from '../../../../core/evaluation/score-model.js';
import { Network } from '../../../../core/network/network.js';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { keptCount } from '../../../../core/pruning/kept-count.js';
import { suggestCandidates } from '../../../../core/search/candidates.js';
import { baselineStage } from '../../../../core/search/stages.js';
import { type StageRecord, summarize } from '../../../../core/sweep/observation.js';
import type { Method } from '../../../../core/sweep/spec.js';
import type { Stage } from '../../../../core/sweep/stage.js';
import type { ModelState } from '../../../../core/training/stage-state.js';
import { compressing } from '../../../support/compressing.js';
import { errorOf } from '../../../support/errors.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { pruning, type TinySweep, TRAINING, trainedSweep, WEIGHTS } from '../../../support/tiny-sweep.js';
import { change, parse } from '../../spec/parse.js';

const tf = loadTensorFlow();
const UNTRAINED = { ...TRAINING, epochs: 0 };

describe('stages of compression', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  let sweep: TinySweep;
  let baseline: Stage;
  let pruned: Stage;
  let dense: StageRecord;

  beforeAll(async () => {
    ({ sweep, baseline, dense } = await trainedSweep(await temporaryFolder(), [], { ...TRAINING, epochs: 6 }));
    pruned = sweep.child(baseline, pruning({ sparsity: 0.8 }));
    await sweep.run(pruned);
  });

  const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
    Buffer.from(buffer, byteOffset, byteLength);

  it('given units that are pruned of factors, once and again, then sparsity and units count from the layers that factors made', async () => {
    const factorized = sweep.child(baseline, compressing('factorize', { fraction: 0.9 }));
    const { observation: whole } = await sweep.run(factorized);
    const units = new Map(whole.layers.map((layer) => [layer.layer, layer.units]));
    expect([...units.keys()].some((layer) => layer.endsWith('_u'))).toBe(true);
    const method: Method = { granularity: 'unit', criterion: 'l2', scope: 'layer' };
    const prune = (sparsity: number) => pruning({ method, sparsity, training: UNTRAINED });
    for (const rounds of [[0.5], [0.25, 0.5]]) {
      const { observation } = await sweep.chain(factorized, ...rounds.map(prune));
      const removable = observation.layers.slice(0, -1);
      expect(removable.map(({ layer, baselineUnits }) => [layer, baselineUnits])).toEqual([...units].slice(0, -1));
      for (const { layer, units: left } of removable) expect(left).toBe(keptCount(units.get(layer) ?? 0, 0.5));
      const [left, before] = [removable, whole.layers.slice(0, -1)].map((layers) =>
        layers.reduce((sum, { units }) => sum + units, 0),
      );
      expect(observation.reachedSparsity).toBeCloseTo(1 - (left ?? 0) / (before ?? 1), 9);
      expect(observation.surgeryDifference).toBeLessThan(1e-4);
    }
  });

  /** The container holds what was evaluated: a network that is built of it alone has the score of the observation. */
  async function expectEvaluated(record: StageRecord): Promise<ModelState> {
    const state = await sweep.stateOf(record);
    const file = await sweep.store.getBlob(record.model.container ?? '');
    expect(record.observation.bytesEncoded).toBe(file.length);
    const { topology, weights, activations } = decodeContainer(file);
    expect(weights.map(({ name, values }) => [name, bytesOf(values).toString('hex')])).toEqual(
      state.weights.map(({ name, values }) => [name, bytesOf(values).toString('hex')]),
    );
    for (const [name, { quantized }] of state.compression?.encodings ?? []) {
      const values = state.weights.find((weight) => weight.name === name)?.values ?? new Float32Array();
      if (quantized !== undefined) expect(bytesOf(dequantize(quantized)).equals(bytesOf(values))).toBe(true);
    }
    const data = await loadPrepared(sweep.store, sweep.dataset);
    const network = await Network.build(tf, topology, weights, activations);
    const score = scoreModel(tf, network, data, data.validation, createJudge(undefined, data));
    network.dispose();
    expect(score.accuracy).toBe(record.observation.validation.accuracy);
    expect(score.loss).toBeCloseTo(record.observation.validation.loss, 4);
    expect(record.observation.engine).toMatchObject({ kind: 'compiled' });
    return state;
  }

  const distinct = (state: ModelState, name: string): number =>
    new Set(state.weights.find((weight) => weight.name === name)?.values).size;

  it('given a plain model, then it has a container, too, which is no larger than its weights', async () => {
    await expectEvaluated(dense);
    const record = await sweep.run(pruned);
    const state = await expectEvaluated(record);
    expect(state.compression).toBeUndefined();
    expect(record.observation.bytesEncoded).toBeLessThan(record.observation.bytesSparse);
    expect(record.observation).not.toHaveProperty('compression');
  });

  it('given eight bits, then the accuracy stays and the file has a third of its bytes; four bits need the training', async () => {
    const eight = await sweep.chain(baseline, compressing('quantize'));
    await expectEvaluated(eight);
    expect(eight.observation.bytesEncoded).toBeLessThan((dense.observation.bytesEncoded ?? 0) / 3);
    expect(eight.observation.validation.accuracy).toBeCloseTo(dense.observation.validation.accuracy ?? 0, 1);
    const settings = { bits: 3, per: 'tensor' };
    const three = await sweep.chain(baseline, compressing('quantize', settings));
    const aware = await sweep.chain(baseline, compressing('quantize', settings, TRAINING));
    await expectEvaluated(aware);
    expect(aware.observation.validation.loss).toBeLessThan(three.observation.validation.loss);
    expect(distinct(await sweep.stateOf(aware), 'hidden/kernel')).toBeLessThanOrEqual(7);
    expect(aware.observation.compression?.[0]).toBe('hidden/kernel has 3 bits a weight');
  });

  it('given activations on grids, then the model is trained, scored and stored with them', async () => {
    const settings = { bits: 4, scheme: 'asymmetric', activations: 'percentile', activationBits: 4 };
    const record = await sweep.chain(baseline, compressing('quantize', settings, TRAINING));
    const state = await expectEvaluated(record);
    expect([...(state.compression?.activations.keys() ?? [])]).toEqual(['hidden']);
    const scored = await sweep.chain(baseline, compressing('quantize', settings, TRAINING), { kind: 'score' });
    expect(scored.observation.test?.accuracy).toBeGreaterThan(0.5);
    expect(scored.model).toEqual(record.model);
  });

  it('given mixed precision, then kernels have the widths that the loss asks for', async () => {
    const record = await sweep.chain(baseline, compressing('quantize', { precision: 'mixed', bits: 6 }));
    const state = await expectEvaluated(record);
    const bits = [...(state.compression?.encodings.values() ?? [])].map(({ quantized }) => quantized?.bits);
    expect(bits.every((each) => each === 4 || each === 8 || each === 16)).toBe(true);
  });

  it('given clusters, then fine-tuning trains the shared values and does better than none', async () => {
    const settings = { clusters: 4, initialization: 'density' };
    const plain = await sweep.chain(baseline, compressing('cluster', settings));
    const tuned = await sweep.chain(baseline, compressing('cluster', settings, TRAINING));
    const state = await expectEvaluated(tuned);
    expect(distinct(state, 'hidden/kernel')).toBeLessThanOrEqual(4);
    expect(tuned.observation.validation.loss).toBeLessThan(plain.observation.validation.loss);
    const codes = async (record: StageRecord) =>
      (await sweep.stateOf(record)).compression?.encodings.get('hidden/kernel')?.clusters?.codes;
    expect(await codes(tuned)).toEqual(await codes(plain));
  });

  it('given factors, then they are trained, and pruned like any other layers', async () => {
    const factorize = compressing('factorize', { rank: 'parameters', fraction: 0.3 }, TRAINING);
    const record = await sweep.chain(baseline, factorize);
    const state = await expectEvaluated(record);
    expect(state.topology.nodes.map(({ name }) => name)).toContain('hidden_u');
    expect(record.observation.parameters).toBeLessThan(0.4 * dense.observation.parameters);
    for (const method of [WEIGHTS, { granularity: 'neuron', criterion: 'l2', scope: 'global' }]) {
      const prune = pruning({ method });
      const smaller = await sweep.chain(baseline, factorize, prune);
      await expectEvaluated(smaller);
      expect(smaller.observation.reachedSparsity).toBeCloseTo(0.5, 1);
      expect(smaller.observation.bytesEncoded).toBeLessThan(record.observation.bytesEncoded ?? 0);
      const quantized = await sweep.chain(baseline, factorize, prune, compressing('quantize', { bits: 8 }, TRAINING));
      await expectEvaluated(quantized);
      expect(quantized.observation.bytesEncoded).toBeLessThan(smaller.observation.bytesEncoded ?? 0);
    }
  });

  it('given pruning, clusters and integers, then zeros stay and each is smaller than the one before', async () => {
    const cluster = compressing('cluster', { clusters: 16 }, TRAINING);
    const zeros = (state: ModelState): number =>
      state.weights.reduce((sum, { values }) => sum + values.filter((value) => value === 0).length, 0);
    const first = await sweep.run(pruned);
    const second = await sweep.chain(pruned, cluster);
    const third = await sweep.chain(pruned, cluster, compressing('quantize', {}, TRAINING));
    await expectEvaluated(second);
    const state = await expectEvaluated(third);
    const before = await sweep.stateOf(first);
    for (const [name, mask] of before.masks) {
      const values = state.weights.find((weight) => weight.name === name)?.values ?? [];
      mask.forEach((kept, i) => {
        if (kept === 0) expect(values[i]).toBe(0);
      });
    }
    expect(zeros(state)).toBeGreaterThanOrEqual(zeros(before));
    expect(distinct(state, 'hidden/kernel')).toBeLessThanOrEqual(16);
    expect(third.observation.requestedSparsity).toBe(0.8);
    expect(third.observation.reachedSparsity).toBe(first.observation.reachedSparsity);
    expect(second.observation.bytesEncoded).toBeLessThan(first.observation.bytesEncoded ?? 0);
  });

  it('given what has encodings, when it is to be pruned, then it is refused', async () => {
    const prune = pruning({ training: UNTRAINED });
    const error = await errorOf('PRUNEFRONT_COMPRESSION', () => sweep.chain(baseline, compressing('quantize'), prune));
    expect(error.facts.place).toBe('hidden/kernel');
  });

  it('given more clusters than earlier stages left a kernel values, then it shares those', async () => {
    const record = await sweep.chain(
      baseline,
      compressing('quantize', { bits: 2, per: 'tensor' }),
      compressing('cluster', { clusters: 16 }, TRAINING),
    );
    const { weights } = await sweep.stateOf(record);
    for (const { name, values } of weights)
      if (name.endsWith('/kernel')) expect(new Set(values).size).toBeLessThanOrEqual(3);
  });

  it('given a spec, then the stages of its candidates run as they are', async () => {
    const text = change('zoo: mnistCnn', 'zoo: mnistMlp');
    const spec = await parse(
      `${text}  compression: [{ steps: [{ cluster: { clusters: 8 } }, quantize], fineTune: { epochs: 1, learningRate: 0.001 } }, [factorize, prune, quantize]]\n`,
    );
    const first = baselineStage(spec, sweep.dataset, { zoo: 'mnistMlp' });
    await sweep.run(first);
    const sizes: number[] = [];
    for (const { stages } of suggestCandidates(spec, first, 0, 2)) {
      const records: StageRecord[] = [];
      for (const stage of stages) records.push(await sweep.run(stage));
      const last = records.at(-1);
      if (last === undefined) throw new Error('no stage');
      await expectEvaluated(last);
      expect(last.observation.reachedSparsity).toBeCloseTo(0.8, 4);
      sizes.push(summarize(last.observation).bytesEncoded ?? 0);
    }
    expect(Math.max(...sizes)).toBeLessThan((dense.observation.bytesEncoded ?? 0) / 5);
  });
});
