import { frontHypervolume, selectCandidate } from '../../core/evaluation/pareto/index.js';
import type { ObservationSummary } from '../../core/sweep/observation.js';
import type { FrontPoint, SweepProgress } from '../../core/sweep/progress.js';
import { mainScore } from '../../core/sweep/task.js';
import { type GaugeName, type LabelsOf, type Sample, sample } from './registry.js';
import { scoresOf } from './scores.js';

/** Every gauge of a sweep; all of them are absent for what is not known yet. */
export const SWEEP_GAUGES = [
  'prunefront_sweeps',
  'prunefront_sweep_state',
  'prunefront_sweep_candidates',
  'prunefront_sweep_failed_candidates',
  'prunefront_sweep_stages',
  'prunefront_sweep_stages_saved',
  'prunefront_sweep_best_accuracy_ratio',
  'prunefront_sweep_accuracy_ratio',
  'prunefront_sweep_score',
  'prunefront_sweep_accuracy_drop_ratio',
  'prunefront_sweep_model_bytes',
  'prunefront_sweep_latency_seconds',
  'prunefront_sweep_front_size',
  'prunefront_sweep_front_accuracy_ratio',
  'prunefront_sweep_front_bytes',
  'prunefront_sweep_hypervolume',
  'prunefront_sweep_budget_used_ratio',
  'prunefront_sweep_start_time_seconds',
  'prunefront_sweep_end_time_seconds',
  'prunefront_sweep_last_progress_time_seconds',
] as const satisfies readonly GaugeName[];

/** A sample of one of them. */
export type SweepSample = Sample<(typeof SWEEP_GAUGES)[number]>;

/** What the gauges are made of: the newest sweep of a name. */
export interface GaugedSweep {
  readonly progress: SweepProgress;
  /** Stages on a slot. */
  readonly stagesRunning: number;
  /** Stages in a task queue. */
  readonly stagesQueued: number;
  /** Milliseconds since its start; to its end where it has ended. */
  readonly elapsedMs: number;
  /** Milliseconds left; 0 where it has ended, -1 while nobody can tell. */
  readonly remainingMs: number;
}

/** More ranks would be series that nobody looks at. */
const RANKS = 32;

/** The gauges of sweeps, each the newest one of its name. */
export function sweepSamples(sweeps: readonly GaugedSweep[]): readonly SweepSample[] {
  const states = new Map<string, number>();
  for (const { progress } of sweeps) states.set(progress.state, (states.get(progress.state) ?? 0) + 1);
  return [
    ...[...states].map(([state, value]) => sample('prunefront_sweeps', { state }, value)),
    ...sweeps.flatMap(samplesOf),
  ];
}

function samplesOf(gauged: GaugedSweep): readonly SweepSample[] {
  const { baseline } = gauged.progress;
  return [...advance(gauged), ...times(gauged), ...(baseline === null ? [] : quality(gauged.progress, baseline))];
}

/** How far it is. */
function advance({ progress, stagesRunning, stagesQueued, elapsedMs }: GaugedSweep): readonly SweepSample[] {
  const { name: sweep, candidates, stages, budget, wallClockMs, state, failuresByCause } = progress;
  const used = (of: string, spent: number, allowed: number): SweepSample =>
    sample('prunefront_sweep_budget_used_ratio', { sweep, budget: of }, Math.min(1, spent / allowed));
  return [
    sample('prunefront_sweep_state', { sweep, state }, 1),
    sample('prunefront_sweep_candidates', { sweep, state: 'planned' }, candidates.total),
    sample('prunefront_sweep_candidates', { sweep, state: 'done' }, candidates.ok),
    sample('prunefront_sweep_candidates', { sweep, state: 'failed' }, candidates.failed),
    sample('prunefront_sweep_stages', { sweep, state: 'waiting' }, stages.waiting),
    sample('prunefront_sweep_stages', { sweep, state: 'queued' }, stagesQueued),
    sample('prunefront_sweep_stages', { sweep, state: 'running' }, stagesRunning),
    sample('prunefront_sweep_stages', { sweep, state: 'done' }, stages.done),
    sample('prunefront_sweep_stages_saved', { sweep, how: 'shared' }, stages.shared),
    sample('prunefront_sweep_stages_saved', { sweep, how: 'reused' }, stages.reused),
    ...Object.entries(failuresByCause).map(([cause, count]) =>
      sample('prunefront_sweep_failed_candidates', { sweep, cause }, count),
    ),
    used('candidates', candidates.ok + candidates.failed, budget),
    ...(wallClockMs === null ? [] : [used('wall_clock', elapsedMs, wallClockMs)]),
  ];
}

function times({ progress, elapsedMs, remainingMs }: GaugedSweep): readonly SweepSample[] {
  const { name: sweep, startedAtMs, lastProgressAtMs } = progress;
  const endMs = startedAtMs + elapsedMs + remainingMs;
  return [
    sample('prunefront_sweep_start_time_seconds', { sweep }, startedAtMs / 1000),
    sample('prunefront_sweep_last_progress_time_seconds', { sweep }, lastProgressAtMs / 1000),
    ...(remainingMs < 0 ? [] : [sample('prunefront_sweep_end_time_seconds', { sweep }, endMs / 1000)]),
  ];
}

/** What it has found so far. */
function quality(progress: SweepProgress, baseline: FrontPoint): readonly SweepSample[] {
  const { name: sweep, front, policy } = progress;
  const accuracies = front.flatMap(({ id, summary: { accuracy } }) =>
    id === baseline.id || accuracy === undefined ? [] : [accuracy],
  );
  const best = Math.max(...accuracies);
  return [
    sample('prunefront_sweep_front_size', { sweep }, front.length),
    sample('prunefront_sweep_hypervolume', { sweep }, frontHypervolume(front, policy.objectives, baseline)),
    ...byRank(sweep, front),
    ...(accuracies.length === 0 ? [] : [sample('prunefront_sweep_best_accuracy_ratio', { sweep }, best)]),
    ...model(sweep, 'dense', baseline.summary),
    ...selectedModel(progress, baseline),
  ];
}

/** What the policy has picked, or would pick of the front so far; nothing where nothing keeps the constraints. */
function selectedModel({ name: sweep, selected, front, policy }: SweepProgress, baseline: FrontPoint) {
  const { id } = selected ?? selectCandidate(front, policy.select, policy.constraints, policy.objectives, baseline);
  const point = front.find((member) => member.id === id);
  if (point === undefined) return [];
  const [before, now] = [baseline.summary.accuracy, point.summary.accuracy];
  return [
    ...model(sweep, 'selected', point.summary),
    ...(before === undefined || now === undefined
      ? []
      : [sample('prunefront_sweep_accuracy_drop_ratio', { sweep }, before - now)]),
  ];
}

function byRank(sweep: string, front: readonly FrontPoint[]): readonly SweepSample[] {
  const ranked = [...front]
    .sort((a, b) => mainScore(b.summary) - mainScore(a.summary) || a.summary.bytesGzip - b.summary.bytesGzip)
    .slice(0, RANKS);
  return ranked.flatMap(({ summary }, i): SweepSample[] => {
    const labels = { sweep, rank: String(i + 1) };
    return [
      ...accuracy('prunefront_sweep_front_accuracy_ratio', labels, summary),
      sample('prunefront_sweep_front_bytes', labels, summary.bytesGzip),
    ];
  });
}

function model(sweep: string, which: 'dense' | 'selected', summary: ObservationSummary): readonly SweepSample[] {
  const labels = { sweep, model: which };
  return [
    ...accuracy('prunefront_sweep_accuracy_ratio', labels, summary),
    ...scoresOf(summary).map(([metric, value]) => sample('prunefront_sweep_score', { ...labels, metric }, value)),
    sample('prunefront_sweep_model_bytes', { ...labels, encoding: 'dense' }, summary.bytesDense),
    sample('prunefront_sweep_model_bytes', { ...labels, encoding: 'gzip' }, summary.bytesGzip),
    sample('prunefront_sweep_model_bytes', { ...labels, encoding: 'sparse' }, summary.bytesSparse),
    ...(summary.bytesEncoded === undefined
      ? []
      : [sample('prunefront_sweep_model_bytes', { ...labels, encoding: 'encoded' }, summary.bytesEncoded)]),
    sample('prunefront_sweep_latency_seconds', { ...labels, percentile: 'p50' }, summary.latencyP50 / 1000),
    sample('prunefront_sweep_latency_seconds', { ...labels, percentile: 'p95' }, summary.latencyP95 / 1000),
  ];
}

/** The accuracy of a classifier; nothing of any other model. */
function accuracy<Name extends 'prunefront_sweep_accuracy_ratio' | 'prunefront_sweep_front_accuracy_ratio'>(
  name: Name,
  labels: LabelsOf<Name>,
  summary: ObservationSummary,
): readonly Sample<Name>[] {
  return summary.accuracy === undefined ? [] : [sample(name, labels, summary.accuracy)];
}
