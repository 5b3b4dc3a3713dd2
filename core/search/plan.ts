import { denseChain, foldCount } from '../sweep/folds.js';
import type { SweepSpec } from '../sweep/spec.js';
import type { Stage } from '../sweep/stage.js';
import { suggestCandidates } from './candidates.js';
import { denseStage } from './folds.js';
import { samplerOf } from './samplers/index.js';

/** What a sweep would do, before anything is spent. */
export interface SweepPlan {
  readonly name: string;
  readonly candidates: number;
  /** Points of the whole space. */
  readonly space: number;
  /** Stages of all candidates, the baseline included, before equal ones are run once. */
  readonly stages: number;
  readonly stagesAfterSharing: number;
  /** Training examples × epochs of all stages after sharing. */
  readonly trainedExamples: number;
  /** Estimate at `examplesPerSecond` on each of `slots`. */
  readonly deviceSeconds: number;
  readonly wallClockSeconds: number;
  readonly assumed: { readonly examplesPerSecond: number; readonly slots: number; readonly trainExamples: number };
  readonly rows: readonly {
    readonly id: string;
    readonly label: string;
    readonly stages: number;
    readonly shared: number;
    readonly epochs: number;
  }[];
}

/** Plans a sweep: its stages, their number after sharing, and what they would take. */
export function planSweep(spec: SweepSpec, assumed: SweepPlan['assumed']): SweepPlan {
  const datasets = Array.from({ length: foldCount(spec.split) }, (_, fold) => `plan ${fold}`);
  const baseline = denseStage(spec, datasets, { stored: 'plan' });
  const dense = denseChain(baseline);
  const space = samplerOf(spec).size(spec);
  const candidates = suggestCandidates(spec, baseline, 0, Math.min(space, spec.budget.candidates));
  const seen = new Set(dense.map(({ key }) => key));
  let epochs = epochsOf(dense);
  let stages = dense.length;
  const rows = candidates.map(({ id, label, stages: chain }) => {
    const fresh = chain.filter(({ key }) => !seen.has(key));
    for (const { key } of chain) seen.add(key);
    const own = epochsOf(fresh);
    epochs += own;
    stages += chain.length;
    return { id, label, stages: chain.length, shared: chain.length - fresh.length, epochs: own };
  });
  const trainedExamples = epochs * assumed.trainExamples;
  const deviceSeconds = trainedExamples / assumed.examplesPerSecond;
  return {
    name: spec.name,
    candidates: candidates.length,
    space,
    stages,
    stagesAfterSharing: seen.size,
    trainedExamples,
    deviceSeconds,
    wallClockSeconds: deviceSeconds / assumed.slots,
    assumed,
    rows,
  };
}

function epochsOf(stages: readonly Stage[]): number {
  return stages.reduce((sum, { operation }) => sum + ('training' in operation ? operation.training.epochs : 0), 0);
}
