import { table } from '../measure/print.js';
import type { About } from './crew.js';
import type { GpuUse } from './gpu.js';
import type { Placement } from './placement.js';
import { best, type Case, type Ratio, reached, type Series, spread } from './results.js';
import { SIDES, type Side, settingName } from './sides.js';

/** A side in one setting that could not train, and why. */
export interface Failure {
  readonly side: Side;
  readonly setting: string;
  readonly reason: string;
}

/** Milliseconds with as many digits as tell something. */
export function milliseconds(value: number): string {
  return value.toFixed(value < 10 ? 3 : value < 100 ? 2 : 1);
}

function cells(series: Series | null): readonly string[] {
  if (series === null) return ['–', ''];
  const { median, quartiles } = spread(series.ms);
  const times = `${milliseconds(median)} (${quartiles.map(milliseconds).join(' to ')})`;
  return [times, settingName(series.setting)];
}

/** The time of a step of each side, in one process and on the whole machine. */
export function caseTable(one: Case): string {
  const rows = SIDES.filter((side) => one.series.some((series) => series.side === side)).map((side) => [
    side,
    ...cells(best(one, [side], 1)),
    ...cells(best(one, [side], 'any')),
  ]);
  return table(['side', 'one process, ms a step', 'as', 'whole machine, ms a step', 'as'], rows);
}

/** Every setting that was measured, for those who ask which was left out above. */
export function settingsLine({ series }: Case): string {
  const texts = series.map((one) => `${one.side} ${settingName(one.setting)} ${milliseconds(spread(one.ms).median)}`);
  return `All settings, ms a step: ${texts.join('; ')}.`;
}

/** What the sides say of themselves, and those that could not train. */
export function notes(abouts: ReadonlyMap<Side, About>, failures: readonly Failure[]): string {
  const said = [...abouts].map(
    ([side, { note, device }]) => `  ${side}: ${note}; on ${device.split('device:').at(-1)}`,
  );
  const failed = failures.map(({ side, setting, reason }) => `  ${side}, ${setting}, did not train: ${reason}`);
  return [...said, ...failed].join('\n');
}

/** The sides whose number of parameters is another one than most have; empty where all agree. */
export function disagreement(abouts: ReadonlyMap<Side, About>): string {
  const counts = new Set([...abouts.values()].map(({ parameters }) => parameters));
  if (counts.size <= 1) return '';
  const texts = [...abouts].map(([side, { parameters }]) => `${side} ${parameters}`);
  return `The sides do not train the same number of parameters: ${texts.join(', ')}`;
}

/** All ratios beside what is wanted. */
export function ratioTable(ratios: readonly Ratio[]): string {
  const rows = ratios.map((one) => {
    const { median, quartiles } = one.ratio;
    const verdict = reached(one);
    return [
      ...[one.model, String(one.batch), one.compared, one.peer.side],
      `${median.toFixed(2)} (${quartiles.map((value) => value.toFixed(2)).join(' to ')})`,
      one.wanted === null ? 'shown' : `≥ ${one.wanted}`,
      verdict === null ? '' : verdict ? 'yes' : 'no',
    ];
  });
  return table(['model', 'batch', 'against', 'peer', 'peer / ours', 'wanted', 'reached'], rows);
}

/** Where TensorFlow placed our graph; null where it has none. */
export function placementLines(placement: Placement | null): string {
  if (placement === null) return '  ours has no graph that TensorFlow would place';
  const { nodes, onHost, data } = placement;
  const counts = [...nodes].map(([device, count]) => `${count} nodes on ${device}`).join(', ');
  const host = onHost.length === 0 ? '' : ` (${onHost.join(', ')})`;
  return `  ours is placed by TensorFlow: ${counts}${host}; resident examples on ${data ?? 'no device: none are'}`;
}

/** What nvidia-smi saw of each side and setting while it trained; empty on CPUs. */
export function gpuLines(series: readonly (Series & { readonly gpu: readonly GpuUse[] })[]): string {
  const lines = series.flatMap(({ side, setting, gpu }) => {
    if (gpu.length === 0) return [];
    const middle = (of: (use: GpuUse) => number): string => spread(gpu.map(of)).median.toFixed(0);
    const busy = middle(({ utilisation }) => utilisation);
    return [
      `  ${side}, ${settingName(setting)}: GPU busy ${busy} %, ${middle(({ mebibytes }) => mebibytes)} MiB in use`,
    ];
  });
  return lines.join('\n');
}
