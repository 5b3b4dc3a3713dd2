import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareFolds } from '../../../../core/datasets/prepare.js';
import { suggestCandidates } from '../../../../core/search/candidates.js';
import { denseStage } from '../../../../core/search/folds.js';
import { scoreStage } from '../../../../core/search/stages.js';
import { denseChain } from '../../../../core/sweep/folds.js';
import type { Score, StageRecord } from '../../../../core/sweep/observation.js';
import type { Stage } from '../../../../core/sweep/stage.js';
import { foldSpread } from '../../../../core/sweep/task.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { type TinySweep, tinySweep } from '../../../support/tiny-sweep.js';
import { change, parse } from '../../spec/parse.js';

const FOLDS = 3;
const TEXT = `name: folds
model: { zoo: mnistMlp }
dataset: mnist
split: { folds: ${FOLDS}, test: 0.2 }
baseline: { epochs: 2, optimizer: adam }
space:
  method: { granularity: neuron, criterion: l1, scope: layer }
  sparsity: 0.5
  schedule: { iterative: { rounds: 2, rewind: { epoch: 1 }, fineTune: { epochs: 0 } } }
  recovery: { epochs: 1, learningRate: 0.001, distill: { temperature: 2, weight: 0.5 } }
`;

const folders = temporaryFolders(afterAll);

/** Runs stages in their order; the records. */
async function runAll({ run }: TinySweep, stages: readonly Stage[]): Promise<readonly StageRecord[]> {
  const records: StageRecord[] = [];
  for (const stage of stages) records.push(await run(stage));
  return records;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('cross-validation of a real network', () => {
  let sweep: TinySweep;
  let dense: readonly StageRecord[];
  let pruned: readonly StageRecord[];
  /** The last record of each fold, and what they are together. */
  let parts: readonly { readonly folds: readonly StageRecord[]; readonly all: StageRecord }[];

  beforeAll(async () => {
    sweep = await tinySweep(await folders());
    const spec = await parse(TEXT);
    if (!('folds' in spec.split)) throw new Error('no folds');
    const keys = (await prepareFolds(sweep.source, spec.split, sweep.store)).map(({ key }) => key);
    const stage = denseStage(spec, keys, { zoo: 'mnistMlp' });
    dense = await runAll(sweep, denseChain(stage));
    const [candidate] = suggestCandidates(spec, stage, 0, 1);
    pruned = await runAll(sweep, candidate?.stages ?? []);
    parts = [dense, pruned].map((records) => {
      const all = records.at(-1);
      if (all?.stage.operation.kind !== 'folds') throw new Error('no folds');
      const last = new Set(all.stage.operation.of.map(({ key }) => key));
      return { all, folds: records.filter((record) => last.has(record.stage.key)) };
    });
  });

  it('given a candidate of two rounds, then each fold went through both, on its own baseline', () => {
    expect(dense.map(({ stage }) => stage.operation.kind)).toEqual(['baseline', 'baseline', 'baseline', 'folds']);
    expect(pruned.map(({ stage }) => stage.operation.kind)).toEqual([
      ...Array.from({ length: 2 * FOLDS }, () => 'prune'),
      'folds',
    ]);
    const baselines = dense.slice(0, FOLDS).map(({ stage }) => stage.key);
    expect(pruned.slice(0, -1).map(({ stage }) => stage.baseline)).toEqual(baselines.flatMap((key) => [key, key]));
  });

  it('given what the folds measured, then validation is the mean of each metric, and each fold’s scores are kept', () => {
    for (const { folds, all } of parts) {
      const scores = folds.map(({ observation }) => observation.validation);
      expect(scores).toHaveLength(FOLDS);
      const { validation } = all.observation;
      expect(Object.keys(validation).sort()).toEqual(Object.keys(scores[0] ?? {}).sort());
      for (const name of ['accuracy', 'top5', 'macroF1', 'loss'] as const)
        expect(validation[name]).toBeCloseTo(mean(scores.map((score: Score) => score[name] ?? Number.NaN)), 12);
      expect(validation.examples).toBe(399);
      expect(all.observation.folds).toEqual(scores);
      expect(all.observation.deviceSeconds).toBeCloseTo(FOLDS * mean(folds.map((f) => f.observation.deviceSeconds)), 9);
    }
  });

  it('given the scores of the folds, then their spread is the standard deviation of a sample', () => {
    for (const { folds, all } of parts) {
      const accuracies = folds.map(({ observation }) => observation.validation.accuracy ?? Number.NaN);
      expect(new Set(accuracies).size).toBeGreaterThan(1);
      const [a = 0, b = 0, c = 0] = accuracies;
      // Of three: a third of the squared differences of the pairs, halved.
      const variance = ((a - b) ** 2 + (b - c) ** 2 + (a - c) ** 2) / 6;
      expect(foldSpread(all.observation.folds ?? [])).toBeCloseTo(Math.sqrt(variance), 12);
    }
    expect(foldSpread([{ accuracy: 0.9 }, { accuracy: 0.7 }])).toBeCloseTo(Math.SQRT2 / 10, 12);
  });

  it('given the moment after pruning, then it is the mean too; the dense model has none', () => {
    const [ofDense, ofPruned] = parts;
    expect(ofDense?.all.observation.afterPruning).toBeNull();
    const scores = (ofPruned?.folds ?? []).map(({ observation }) => observation.afterPruning?.accuracy ?? Number.NaN);
    expect(ofPruned?.all.observation.afterPruning?.accuracy).toBeCloseTo(mean(scores), 12);
  });

  it('given the model, then it is the first fold’s, with all that was measured of it', () => {
    for (const { folds, all } of parts) {
      const [first] = folds;
      if (first === undefined) throw new Error('no fold');
      expect([all.state, all.model]).toEqual([first.state, first.model]);
      const { parameters, bytesGzip, latency, curve, reachedSparsity } = first.observation;
      expect(all.observation).toMatchObject({ parameters, bytesGzip, latency, curve, reachedSparsity, test: null });
    }
    expect(parts[1]?.all.observation.macs).toBeLessThan(parts[0]?.all.observation.macs ?? 0);
  });

  it('given it is scored on test, then the first fold’s model is, and the mean on validation stays', async () => {
    const { all, folds } = parts[1] ?? {};
    if (all === undefined || folds?.[0] === undefined) throw new Error('no fold');
    const { observation } = await sweep.run(scoreStage(all.stage));
    const alone = await sweep.run(scoreStage(folds[0].stage));
    expect(observation.test).toEqual(alone.observation.test);
    expect(observation.test?.examples).toBe(101);
    expect(observation.validation).toEqual(all.observation.validation);
    expect(observation.folds).toEqual(all.observation.folds);
  });

  it('given a sensitivity scan, then each fold is scanned on its own data', async () => {
    const scanning = change('scope: layer', 'scope: sensitivity', change('rewind: { epoch: 1 }', 'rewind: none', TEXT));
    const spec = await parse(scanning);
    const stage = dense.at(-1)?.stage;
    if (stage === undefined) throw new Error('no dense model');
    const [candidate] = suggestCandidates(spec, stage, 0, 1);
    const scans = (candidate?.stages ?? []).filter(({ operation }) => operation.kind === 'scan');
    expect(scans.map(({ dataset }) => dataset)).toEqual(dense.slice(0, FOLDS).map((record) => record.stage.dataset));
    const [first, second] = await runAll(sweep, scans.slice(0, 2));
    expect(first?.observation.sensitivity).not.toEqual(second?.observation.sensitivity);
  });
});
