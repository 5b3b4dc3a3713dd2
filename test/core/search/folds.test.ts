import { describe, expect, it } from 'vitest';
import { suggestCandidates } from '../../../core/search/candidates.js';
import { denseStage, evaluationOn } from '../../../core/search/folds.js';
import { planSweep } from '../../../core/search/plan.js';
import { baselineStage, candidateStages } from '../../../core/search/stages.js';
import { denseChain, handedOutChain, trainedBy } from '../../../core/sweep/folds.js';
import type { SearchPoint, Stage } from '../../../core/sweep/stage.js';
import { change, parse, SHORT } from '../spec/parse.js';

const ROUNDS = '[oneShot, { iterative: { rounds: 2, rewind: { epoch: 1 } } }]';
const FOLDED = `${change('oneShot', ROUNDS)}split: { folds: 3 }\n`;
const MODEL = { zoo: 'mnistCnn' };
const DATASETS = ['first', 'second', 'third'];

async function folded() {
  const spec = await parse(FOLDED);
  const dense = denseStage(spec, DATASETS, MODEL);
  return { spec, dense, candidates: suggestCandidates(spec, dense, 0, 10) };
}

const keys = (stages: readonly Stage[]): string[] => stages.map(({ key }) => key);

describe('the stages of cross-validation', () => {
  it('given folds, then the dense model is a baseline on each, and what they are together', async () => {
    const { spec, dense } = await folded();
    const baselines = DATASETS.map((dataset) => baselineStage(spec, dataset, MODEL));
    expect(denseChain(dense)).toEqual([...baselines, dense]);
    expect(dense.operation).toEqual({ kind: 'folds', of: baselines });
    expect(dense).toMatchObject({ parent: baselines[0]?.key, baseline: dense.key, dataset: 'first' });
    expect(trainedBy(dense)).toEqual(baselines[0]);
  });

  it('given folds, then a candidate is its whole chain on the baseline of each, and what they are together', async () => {
    const { spec, dense, candidates } = await folded();
    expect(candidates).toHaveLength(2);
    for (const { stages, ...point } of candidates) {
      const chains = denseChain(dense)
        .slice(0, -1)
        .map((baseline) => candidateStages(spec, baseline, point as SearchPoint));
      const last = stages.at(-1);
      expect(stages.slice(0, -1)).toEqual(chains.flat());
      expect(last?.operation).toEqual({ kind: 'folds', of: chains.flatMap((chain) => chain.slice(-1)) });
      expect(last).toMatchObject({ parent: chains[0]?.at(-1)?.key, baseline: dense.key, dataset: 'first' });
      expect(handedOutChain(stages)).toEqual(chains[0]);
    }
  });

  it('given folds, then every stage of a fold names that fold’s baseline and data', async () => {
    const { dense, candidates } = await folded();
    const baselines = new Map(
      denseChain(dense)
        .map((stage) => [stage.dataset, stage.key] as const)
        .slice(0, 3),
    );
    for (const { baseline, dataset, parent } of candidates.flatMap(({ stages }) => stages.slice(0, -1))) {
      expect(baseline).toBe(baselines.get(dataset));
      expect(parent).not.toBeNull();
    }
    expect(new Set(candidates.flatMap(({ stages }) => keys(stages))).size).toBe(3 * (1 + 3) + 2);
  });

  it('given no folds, then stages are those of before there were any', async () => {
    const spec = await parse(SHORT);
    const dense = denseStage(spec, ['data'], MODEL);
    expect(dense).toEqual(baselineStage(spec, 'data', MODEL));
    expect(denseChain(dense)).toEqual([dense]);
    const [candidate] = suggestCandidates(spec, dense, 0, 1);
    if (candidate === undefined) throw new Error('no candidate');
    expect(candidate.stages).toEqual(candidateStages(spec, dense, candidate));
    expect(handedOutChain(candidate.stages)).toEqual(candidate.stages);
  });

  it('given a model to measure, then it is measured on each fold', async () => {
    const { spec, dense } = await folded();
    const { operation } = evaluationOn(spec, dense, 'published');
    const of = operation.kind === 'folds' ? operation.of : [];
    expect(of.map(({ dataset }) => dataset)).toEqual(DATASETS);
    for (const stage of of)
      expect(stage.operation).toMatchObject({ model: { stored: 'published' }, training: { epochs: 0 } });
  });

  it('given a plan, then stages and epochs of every fold count', async () => {
    const { spec } = await folded();
    const plan = planSweep(spec, { examplesPerSecond: 100, slots: 1, trainExamples: 10 });
    const [oneShot, iterative] = plan.rows;
    expect([oneShot?.stages, oneShot?.epochs, iterative?.stages]).toEqual([3 + 1, 3, 3 * 3 + 1]);
    expect(plan.stages).toBe(3 + 1 + (3 + 1) + (3 * 3 + 1));
    expect(plan.trainedExamples).toBe((3 * spec.baseline.epochs + 3 + (iterative?.epochs ?? 0)) * 10);
  });
});
