import { median, quartiles } from '../measure/statistics.js';
import { type ModelName, WANTED } from './models.js';
import type { Setting, Side } from './sides.js';

/** What a side needed for a step in one setting, repeat by repeat. */
export interface Series {
  readonly side: Side;
  readonly setting: Setting;
  /** Wall clock by steps of all processes, in milliseconds; the same repeat has the same place in every series of a case. */
  readonly ms: readonly number[];
}

/** All that was measured of a model at a batch size. */
export interface Case {
  readonly model: ModelName;
  readonly batch: number;
  readonly series: readonly Series[];
}

/** The middle of some values with what half of them lie between. */
export interface Spread {
  readonly median: number;
  readonly quartiles: readonly [number, number];
}

/** Median and quartiles. */
export function spread(values: readonly number[]): Spread {
  return { median: median(values), quartiles: quartiles(values) };
}

/** The series with the least median among some; null of none. */
export function fastest(series: readonly Series[]): Series | null {
  const ordered = [...series].sort((a, b) => median(a.ms) - median(b.ms));
  return ordered[0] ?? null;
}

/** The fastest setting of some sides, in one process or in any number. */
export function best({ series }: Case, sides: readonly Side[], processes: number | 'any'): Series | null {
  const fitting = ({ side, setting }: Series): boolean =>
    sides.includes(side) && (processes === 'any' || setting.processes === processes);
  return fastest(series.filter(fitting));
}

/** How much longer a peer took than we did. */
export interface Ratio {
  readonly model: ModelName;
  readonly batch: number;
  readonly compared: string;
  readonly peer: Series;
  readonly ours: Series;
  /** Of the ratios of the repeats, so that what slows a whole repeat down does not show. */
  readonly ratio: Spread;
  /** Null where the ratio is only shown. */
  readonly wanted: number | null;
}

function ratioOf(
  { model, batch }: Case,
  compared: string,
  peer: Series | null,
  ours: Series | null,
  wanted: number | null,
): Ratio[] {
  if (peer === null || ours === null) return [];
  const ratios = ours.ms.flatMap((own, i) => {
    const theirs = peer.ms[i];
    return theirs === undefined ? [] : [theirs / own];
  });
  return [{ model, batch, compared, peer, ours, ratio: spread(ratios), wanted }];
}

const KERAS: readonly Side[] = ['keras2', 'keras3'];

/** The ratios of a case that are wanted to reach something, and Keras in bfloat16 beside them. */
export function ratios(one: Case): readonly Ratio[] {
  const wanted = WANTED[one.model];
  const whole = best(one, ['ours'], 'any');
  const halved = best(one, ['ours-bf16'], 'any');
  const counts = [...new Set(one.series.map(({ setting }) => setting.processes))].sort((a, b) => a - b);
  return [
    ...ratioOf(one, 'best Keras fit, whole machine', best(one, KERAS, 'any'), whole, wanted.keras),
    ...ratioOf(one, 'best Keras fit by ours in bfloat16', best(one, KERAS, 'any'), halved, wanted.kerasByBfloat16),
    ...ratioOf(one, 'Keras 3 in bfloat16 by ours in bfloat16', best(one, ['keras3-bf16'], 'any'), halved, null),
    ...counts.flatMap((n) => {
      const name = `handwritten graph, ${n === 1 ? 'one process' : `${n} processes`} each`;
      return ratioOf(one, name, best(one, ['handwritten'], n), best(one, ['ours'], n), wanted.handwritten);
    }),
    ...ratioOf(one, 'tfjs fit, one process each', best(one, ['tfjs'], 1), best(one, ['ours'], 1), wanted.tfjs),
  ];
}

/** Whether a ratio is as wanted; null where nothing is. */
export function reached({ ratio, wanted }: Pick<Ratio, 'ratio' | 'wanted'>): boolean | null {
  return wanted === null ? null : ratio.median >= wanted;
}
