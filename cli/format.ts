// Numbers for a terminal: whole counts and fixed decimals, so that columns line up. Pages round them: core/report/assets/format.js.
import { type MetricInfo, metricInfo } from '../core/report/metrics.js';
import { mainKinds } from '../core/report/quality-metrics.js';
import type { OwnMetric } from '../core/sweep/spec.js';
import { foldSpread, mainScore, type Quality, type TaskName, taskOf } from '../core/sweep/task.js';

/** What may have further metrics than those of its task. */
interface Owning {
  readonly own?: Readonly<Record<string, number>>;
}

/** `1,234,567`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `136.0 kB` in units of 1000. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  if (value < 1e6) return `${(value / 1e3).toFixed(1)} kB`;
  return `${(value / 1e6).toFixed(2)} MB`;
}

/** A task's main metric: `97.25 %`, or for a PSNR `21.22 dB`. */
export function score(quality: Quality): string {
  return quantity(mainScore(quality), mainKinds(taskOf(quality)).value);
}

/** All of what a model is good for: `97.25 %`, with further metrics `97.25 %, top3 99.85 %, wrong 0.0275`. */
export function qualities(summary: Quality & Owning): string {
  const own = Object.entries(summary.own ?? {}).map(([name, value]) => `${name} ${ownQuantity(name, value)}`);
  return [score(summary), ...own].join(', ');
}

/** The value of a further metric, by its name: `99.85 %`, or `0.0275` of one of a plugin. */
export function ownQuantity(name: string, value: number | undefined): string {
  return quantity(value, metricInfo(name as OwnMetric).kind);
}

/** ` ±0.42`: standard deviation of the main metric over folds, in percentage points or decibels; nothing without folds. */
export function spread(folds: readonly Quality[] | undefined): string {
  const [first] = folds ?? [];
  if (folds === undefined || first === undefined) return '';
  return ` ±${(foldSpread(folds) * pointsIn(taskOf(first))).toFixed(2)}`;
}

/** `+0.12`, `−0.60`: a change of the main metric of a task, in percentage points or decibels. */
export function change(difference: number, task: TaskName): string {
  const value = (difference * pointsIn(task)).toFixed(2);
  return difference >= 0 ? `+${value}` : value.replace('-', '−');
}

/** How much of what changes are told in there is in 1 of a task's main metric: of decibels one, of fractions a hundred percentage points. */
function pointsIn(task: TaskName): number {
  return mainKinds(task).change === 'decibelChange' ? 1 : 100;
}

/** A number whose size nobody knows: `0.007544`. */
export function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** A quantity of a metric, with its unit: `45.3 kB`, `0.49 ms`; nothing where it was not measured. */
export function quantity(value: number | null | undefined, kind: MetricInfo['kind']): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '';
  if (kind === 'fraction') return percent(value);
  if (kind === 'count') return count(value);
  if (kind === 'bytes') return bytes(Math.round(value));
  if (kind === 'milliseconds') return `${value.toFixed(2)} ms`;
  if (kind === 'seconds') return `${value.toFixed(1)} s`;
  return kind === 'decibels' ? `${value.toFixed(2)} dB` : number(value);
}

/** `97.25 %`. */
export function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)} %`;
}

/** `3 min 12 s`, `1 h 5 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
