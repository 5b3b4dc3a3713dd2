import { shortError } from '../errors.js';
import { nameOf } from '../registry/index.js';
import { describeMethod } from '../sweep/describe-method.js';
import type { CurvePoint, Score } from '../sweep/observation.js';
import type { ResultRow, SweepResult } from '../sweep/result.js';
import type { Constraint, MetricName, Objective, SweepSpec } from '../sweep/spec.js';
import type { Stage } from '../sweep/stage.js';
import { foldSpread, mainMetric, mainScore, type TaskName, taskName, taskOf } from '../sweep/task.js';
import { formatQuantity } from './assets/format.js';
import { type MetricInfo, metricInfo, type ReportMetric, rowValues, sweepMetrics } from './metrics.js';
import { compressionText, recoveryText, scheduleText } from './point-text.js';
import { mainKinds, mainWord } from './quality-metrics.js';

/** Points of a curve that a chart of the page can show; more are thinned out. */
const CURVE_POINTS = 240;

/** One point of a curve: step and epoch from the start of the chain, loss, sparsity, and the task's main metric on validation. */
export type PageCurvePoint = readonly [
  step: number,
  epoch: number,
  loss: number,
  sparsity: number,
  score: number | null,
];

/** One row as the page's script sees it. */
export interface PageRow {
  readonly id: string;
  readonly label: string;
  readonly status: 'ok' | 'failed';
  readonly onFront: boolean;
  readonly selected: boolean;
  readonly violations: readonly string[];
  readonly cause: string | null;
  readonly values: Partial<Record<ReportMetric, number | null>>;
  /** What the candidate is: label and text. */
  readonly facts: readonly (readonly [string, string])[];
  readonly curve: readonly PageCurvePoint[];
  /** Where each stage of the chain begins: step and what it does. */
  readonly stages: readonly (readonly [step: number, label: string])[];
  readonly layers: readonly {
    readonly name: string;
    /** Fraction of the layer's present weights that is zero. */
    readonly zero: number;
    /** Fraction of the baseline's units that is physically gone. */
    readonly removed: number;
    readonly text: string;
    readonly floorHit: boolean;
  }[];
}

/** A metric that is drawn over the steps of a training. */
export interface CurveMetric {
  /** `Validation accuracy`. */
  readonly label: string;
  readonly kind: 'fraction' | 'decibels';
}

/** Everything that the page's script works with. */
export interface PageData {
  readonly metrics: readonly MetricInfo[];
  readonly axes: { readonly x: ReportMetric; readonly y: ReportMetric };
  /** What the last numbers of the points of a curve are. */
  readonly progress: CurveMetric;
  /** Lines that the constraints draw: a candidate on the wrong side cannot be selected. */
  readonly guides: readonly { readonly metric: ReportMetric; readonly value: number; readonly label: string }[];
  readonly rows: readonly PageRow[];
  /** Id of the row that is shown first. */
  readonly first: string | null;
}

function objectiveMetric(objective: Objective): MetricName {
  return 'maximize' in objective ? objective.maximize : objective.minimize;
}

/** The axes of the first view: the first cost across, the first objective that is to be maximised upwards. */
function firstAxes({ objectives, task }: SweepSpec): PageData['axes'] {
  const main = mainMetric(taskName(task));
  const metrics = objectives.map(objectiveMetric);
  const y = objectives.flatMap((o) => ('maximize' in o ? [o.maximize] : []))[0] ?? metrics[0] ?? main;
  const x = metrics.find((metric) => metric !== y) ?? (y === 'bytesGzip' ? main : 'bytesGzip');
  return { x, y };
}

function guidesOf(constraint: Constraint, denseAccuracy: number | null): PageData['guides'] {
  if ('accuracyDrop' in constraint) {
    if (denseAccuracy === null) return [];
    const drop = constraint.accuracyDrop.atMost;
    return [
      {
        metric: 'accuracy',
        value: denseAccuracy - drop,
        label: `accuracy drop ≤ ${formatQuantity(drop, 'change').slice(1)}`,
      },
    ];
  }
  const { name, atMost, atLeast } = constraint.metric;
  const { kind, label } = metricInfo(name);
  return [
    ...(atMost === undefined
      ? []
      : [{ metric: name, value: atMost, label: `${label} ≤ ${formatQuantity(atMost, kind)}` }]),
    ...(atLeast === undefined
      ? []
      : [{ metric: name, value: atLeast, label: `${label} ≥ ${formatQuantity(atLeast, kind)}` }]),
  ];
}

function factsOf(row: ResultRow): PageRow['facts'] {
  const { candidate } = row;
  const requested: PageRow['facts'] =
    candidate === null
      ? []
      : [
          ['Method', describeMethod(candidate.method)],
          ['Sparsity asked for', formatQuantity(candidate.sparsity, 'fraction')],
          ['Schedule', scheduleText(candidate.schedule)],
          ['Recovery', recoveryText(candidate.recovery)],
          ...(candidate.compression === undefined
            ? []
            : [['Compression', compressionText(candidate.compression)] as const]),
          ['Stages', String(candidate.stages.length)],
        ];
  if (row.status === 'failed') return requested;
  const { device, latency, batchLatency, surgeryDifference, earlyStop, folds } = row.observation;
  return [
    ...requested,
    ...(folds === undefined ? [] : [['Cross-validation', foldsText(folds)] as const]),
    [
      'Latency',
      `median of ${latency.runs} runs at batch ${latency.batchSize}, ${batchLatency.runs} at batch ${batchLatency.batchSize}`,
    ],
    ['Measured on', device],
    ...(earlyStop === undefined
      ? []
      : [['Early stop', `weights of epoch ${earlyStop.bestEpoch} of the ${earlyStop.epochs} that ran`] as const]),
    ...(surgeryDifference === null
      ? []
      : [
          [
            'Removal proven',
            `outputs differ by at most ${surgeryDifference.toExponential(1)} from the masked model's`,
          ] as const,
        ]),
  ];
}

/** `mean of 3 folds: 97.1 %, 96.8 %, 97.4 %; standard deviation 0.3 %`. */
function foldsText(folds: readonly Score[]): string {
  const text = (value: number): string => formatQuantity(value, mainKinds(taskOf(folds[0] ?? {})).value);
  const each = folds.map((fold) => text(mainScore(fold))).join(', ');
  return `mean of ${folds.length} folds: ${each}; standard deviation ${text(foldSpread(folds))}`;
}

/** Fewer points of a long curve, always with those where a score was measured, the first and the last. */
function thin(curve: readonly CurvePoint[]): readonly CurvePoint[] {
  const stride = Math.ceil(curve.length / CURVE_POINTS);
  return curve.filter((point, i) => i % stride === 0 || i === curve.length - 1 || scoreAt(point) !== null);
}

/** The task's main metric on validation, where it was measured. */
function scoreAt({ validationAccuracy, validationScore }: CurvePoint): number | null {
  return validationAccuracy ?? validationScore ?? null;
}

/** What is drawn over the steps of a training for a task. */
export function curveMetric(task: TaskName): CurveMetric {
  return { label: `Validation ${mainWord(task)}`, kind: mainKinds(task).value };
}

/** What a stage does, in few words. */
export function stageLabel({ operation }: Pick<Stage, 'operation'>): string {
  if (operation.kind === 'folds') return 'mean of folds';
  if (operation.kind === 'prune') return `prune to ${Math.round(operation.sparsity * 1000) / 10} %`;
  if (operation.kind === 'compress') return nameOf(operation.piece);
  return operation.kind === 'tune' ? 'fine-tune' : operation.kind;
}

/** Curves of a chain's stages, one after the other, as one. */
export function joinedCurve(
  parts: readonly { readonly label: string; readonly curve: readonly CurvePoint[] }[],
): Pick<PageRow, 'curve' | 'stages'> {
  const curve: PageCurvePoint[] = [];
  const stages: [number, string][] = [];
  let [step, epoch] = [0, 0];
  for (const part of parts) {
    stages.push([step, part.label]);
    for (const p of thin(part.curve)) curve.push([step + p.step, epoch + p.epoch, p.loss, p.sparsity, scoreAt(p)]);
    step += part.curve.at(-1)?.step ?? 0;
    epoch += part.curve.at(-1)?.epoch ?? 0;
  }
  return { curve, stages };
}

function chainOf(row: ResultRow): Pick<PageRow, 'curve' | 'stages'> {
  if (row.status === 'failed') return { curve: [], stages: [] };
  const known = (row.candidate?.stages ?? []).flatMap((stage) => {
    const curve = row.curves?.[stage.key];
    return curve === undefined || curve.length === 0 ? [] : [{ label: stageLabel(stage), curve }];
  });
  const last = row.candidate?.stages.at(-1);
  const alone = { label: last === undefined ? 'train' : stageLabel(last), curve: row.observation.curve };
  return joinedCurve(known.length > 0 ? known : [alone]);
}

function layersOf(row: ResultRow): PageRow['layers'] {
  if (row.status === 'failed') return [];
  return row.observation.layers.map(({ layer, parameters, nonzero, units, baselineUnits, floorHit }) => ({
    name: layer,
    zero: 1 - nonzero / Math.max(1, parameters),
    removed: 1 - units / Math.max(1, baselineUnits),
    text: `${nonzero.toLocaleString('en')} of ${parameters.toLocaleString('en')} weights nonzero, ${units} of ${baselineUnits} units kept`,
    floorHit,
  }));
}

/** A row of a result as a page's script sees it. */
export function pageRow(row: ResultRow): PageRow {
  const ok = row.status === 'ok';
  return {
    id: row.id,
    label: row.label,
    status: row.status,
    onFront: ok && row.onFront,
    selected: ok && row.selected,
    violations: ok ? row.violations : [],
    cause: ok ? null : `${row.cause.code}: ${shortError(row.cause)}`,
    values: rowValues(row),
    facts: factsOf(row),
    ...chainOf(row),
    layers: layersOf(row),
  };
}

/** What the page's script needs of a result: numbers, curves thinned to what a chart can show, and texts. */
export function pageData(result: SweepResult): PageData {
  const rows = result.rows.map(pageRow);
  const task = taskName(result.spec.task);
  const denseAccuracy = rows.find((row) => row.id === 'dense')?.values.accuracy ?? null;
  const measured = rows.filter((row) => row.status === 'ok' && row.id !== 'dense');
  const first = rows.find((row) => row.selected) ?? measured.find((row) => row.onFront) ?? measured[0] ?? rows[0];
  return {
    metrics: sweepMetrics(task, result.spec),
    progress: curveMetric(task),
    axes: firstAxes(result.spec),
    guides: result.spec.constraints.flatMap((constraint) => guidesOf(constraint, denseAccuracy)),
    rows,
    first: first?.id ?? null,
  };
}
