import { type Naming, namedDirection, ownMetrics } from '../sweep/named-metrics.js';
import { summarize } from '../sweep/observation.js';
import type { ResultRow } from '../sweep/result.js';
import { isOwnMetric, type OwnMetric } from '../sweep/spec.js';
import { type TaskName, taskOf } from '../sweep/task.js';
import { likeliestOf } from '../sweep/top-k.js';
import type { MetricInfo, ReportMetric } from './metric-info.js';
import { qualityMetrics, topKInfo } from './quality-metrics.js';

/** What every task has, in the order of the table. */
const COMMON_METRICS: readonly MetricInfo[] = [
  {
    name: 'loss',
    label: 'Loss, validation',
    kind: 'number',
    better: 'less',
    meaning: 'Mean loss on the validation split: cross-entropy, or the loss of the task.',
  },
  {
    name: 'reachedSparsity',
    label: 'Sparsity',
    kind: 'fraction',
    better: null,
    meaning: 'Fraction of the prunable weights or units that is zero or removed.',
  },
  {
    name: 'parameters',
    label: 'Parameters',
    kind: 'count',
    better: 'less',
    meaning: 'Stored parameters, zeros included.',
  },
  {
    name: 'nonzeroParameters',
    label: 'Nonzero parameters',
    kind: 'count',
    better: 'less',
    meaning: 'Parameters that are not zero.',
  },
  {
    name: 'macs',
    label: 'MACs',
    kind: 'count',
    better: 'less',
    meaning: 'Multiply-accumulates of the dense shape for one example: what common kernels compute, zeros included.',
  },
  {
    name: 'nonzeroMacs',
    label: 'MACs of nonzero weights',
    kind: 'count',
    better: 'less',
    meaning:
      'Multiply-accumulates that the nonzero weights need for one example: only a sparse kernel would save the rest.',
  },
  { name: 'bytesDense', label: 'Size, dense', kind: 'bytes', better: 'less', meaning: 'Weights file as it is.' },
  { name: 'bytesGzip', label: 'Size, gzip', kind: 'bytes', better: 'less', meaning: 'Weights file after gzip.' },
  {
    name: 'bytesSparse',
    label: 'Size, sparse',
    kind: 'bytes',
    better: 'less',
    meaning: 'Weights in a sparse encoding, a bitmap and the nonzero values: counted, not written.',
  },
  {
    name: 'bytesEncoded',
    label: 'Size, encoded',
    kind: 'bytes',
    better: 'less',
    meaning:
      'File of the whole model as model.pfc: sparse, quantized and clustered weights, entropy-coded; it loads back bit for bit.',
  },
  {
    name: 'latencyP50',
    label: 'Latency p50',
    kind: 'milliseconds',
    better: 'less',
    meaning: 'Median time of one forward pass at batch 1, after warm-up.',
  },
  {
    name: 'latencyP95',
    label: 'Latency p95',
    kind: 'milliseconds',
    better: 'less',
    meaning: '95th percentile of one forward pass at batch 1, after warm-up.',
  },
  {
    name: 'batchLatencyP50',
    label: 'Batch latency p50',
    kind: 'milliseconds',
    better: 'less',
    meaning: 'Median time of one forward pass at the training batch, after warm-up.',
  },
  {
    name: 'batchLatencyP95',
    label: 'Batch latency p95',
    kind: 'milliseconds',
    better: 'less',
    meaning: '95th percentile of one forward pass at the training batch, after warm-up.',
  },
  {
    name: 'deviceSeconds',
    label: 'Device time',
    kind: 'seconds',
    better: 'less',
    meaning:
      'Seconds of trainers for all stages of the candidate; one that it shares with others counts for each of them.',
  },
];

const TASKS: readonly TaskName[] = ['classification', 'regression', 'reconstruction'];

/** Every metric of the report of a task, in the order of the table. */
export function reportMetrics(task: TaskName): readonly MetricInfo[] {
  return [...qualityMetrics(task), ...COMMON_METRICS];
}

/** Every metric of the report of a sweep: those of its task, and further ones that its spec names. */
export function sweepMetrics(task: TaskName, naming: Naming): readonly MetricInfo[] {
  const own = ownMetrics(naming).map((name): MetricInfo => {
    const info = ownInfo(name);
    return { ...info, better: info.better ?? namedDirection(name, naming) };
  });
  return [...qualityMetrics(task), ...own, ...COMMON_METRICS];
}

/** Those among some metrics that are there because a spec names them. */
export function ownAmong(metrics: readonly MetricInfo[]): readonly MetricInfo[] {
  const builtIn = TASKS.flatMap(reportMetrics).map(({ name }) => name);
  return metrics.filter(({ name }) => !builtIn.includes(name));
}

/** A metric by its name; one that several tasks have is that of `task`. */
export function metricInfo(name: ReportMetric, task?: TaskName): MetricInfo {
  const info = [...(task === undefined ? TASKS : [task])].flatMap(reportMetrics).find((each) => each.name === name);
  if (info !== undefined) return info;
  if (isOwnMetric(name)) return ownInfo(name);
  throw new RangeError(`no metric '${name}'`);
}

function ownInfo(name: OwnMetric): MetricInfo {
  const likeliest = likeliestOf(name);
  if (likeliest !== null) return topKInfo(name, likeliest, '; scored where a spec names it');
  const meaning = 'A metric of a plugin, on the validation split.';
  return { name, label: `${name}, validation`, kind: 'number', better: null, meaning };
}

/** The measured numbers of a row; null where one was not measured, nothing at all for a failed row. */
export function rowValues(row: ResultRow): Partial<Record<ReportMetric, number | null>> {
  if (row.status === 'failed') return {};
  const { accuracyChange, scoreChange } = row;
  const values: Partial<Record<ReportMetric, number | null>> = {
    ...summarize(row.observation),
    ...(accuracyChange === undefined ? {} : { accuracyChange }),
    ...(scoreChange === undefined ? {} : { scoreChange }),
  };
  const metrics = reportMetrics(taskOf(row.observation.validation));
  const measured = metrics.map(({ name }) => [name, values[name] ?? null]);
  return { ...Object.fromEntries(measured), ...row.observation.validation.own };
}

export type { MetricInfo, ReportMetric } from './metric-info.js';
