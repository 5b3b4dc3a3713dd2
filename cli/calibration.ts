import Table from 'cli-table3';
import { type ErrorData, PrunefrontError } from '../core/errors.js';
import type { Calibration } from '../core/training/calibration/calibration.js';
import type { MemoryLimits, PlanMeasurement } from '../core/training/calibration/choose.js';
import { bytes, count } from './format.js';
import { onInterrupt } from './interrupt.js';
import { startProgram } from './json-lines-program.js';

/** What is going to be measured. */
export interface CalibrationStart {
  readonly model: string;
  readonly device: string;
  readonly plans: number;
  readonly seconds: number;
}

/** A plan as it was measured. */
export interface PlanView extends PlanMeasurement {
  readonly isWithinMemory: boolean;
  readonly isChosen: boolean;
}

/** What is known of a model on this machine. */
export interface CalibrationView extends Omit<Calibration, 'measurements'> {
  readonly plans: readonly PlanView[];
  /** Images a second of bfloat16 over those of float32; null where that is not known. */
  readonly gain: number | null;
  /** Whether `precision: auto` is bfloat16 here. */
  readonly prefersBfloat16: boolean;
  readonly limits: MemoryLimits;
  readonly isCached: boolean;
  /** Cores that others kept busy when it began, where that may have disturbed it; null otherwise. */
  readonly disturbedBy: number | null;
  /** Whether it is found the next time. */
  readonly isKept: boolean;
  /** Where it is kept. */
  readonly file: string;
}

/** What to calibrate with. */
export interface CalibrateOptions {
  readonly batch: number;
  readonly seconds?: number;
  readonly fresh?: boolean;
  /** Keeps it even where others may have disturbed it. */
  readonly keep?: boolean;
}

/**
 * Measures what this machine is best at with a model, or finds what was measured before.
 * @param onStart - hears that it is going to be measured
 */
export async function calibrateHere(
  model: string,
  { batch, seconds, fresh, keep }: CalibrateOptions,
  onStart: (about: CalibrationStart) => void,
): Promise<CalibrationView> {
  const interrupt = onInterrupt();
  const { child, exited, messages } = startProgram('workers/gpu-node/calibrate-node.js', [
    ...['--model', model, '--batch', String(batch)],
    ...(seconds === undefined ? [] : ['--seconds', String(seconds)]),
    ...(fresh === true ? ['--fresh'] : []),
    ...(keep === true ? ['--keep'] : []),
  ]);
  interrupt.signal.addEventListener('abort', () => child.stdin?.end(), { once: true });
  try {
    for (;;) {
      const { value, done } = await messages.next();
      interrupt.signal.throwIfAborted();
      if (done === true) throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'The calibration ended without a result');
      const { error, calibrating, calibration } = value as {
        readonly error?: ErrorData;
        readonly calibrating?: CalibrationStart;
        readonly calibration?: CalibrationView;
      };
      if (error !== undefined) throw PrunefrontError.fromData(error);
      if (calibrating !== undefined) onStart(calibrating);
      if (calibration !== undefined) return calibration;
    }
  } finally {
    child.stdin?.end();
    await exited;
    interrupt.done();
  }
}

/** Says that it takes its time. */
export function calibratingLine({ model, device, seconds }: CalibrationStart): string {
  return `Measuring which trainers and threads train most images of ${model} on ${device}: ${seconds} s, once.`;
}

/** A calibration for people. */
export function calibrationLines(calibration: CalibrationView): string[] {
  const { model, batchSize, optimizer, device, cores, plans, halved } = calibration;
  const table = new Table({
    head: ['trainers', 'threads', 'precision', 'images/s in total', 'memory', 'chosen'],
    colAligns: ['right', 'right', 'left', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  const add = (each: PlanMeasurement, precision: string, remark: string): void => {
    const { trainers, threads, imagesPerSecond, memoryBytes, failure } = each;
    const isMeasured = failure === null;
    table.push([
      ...[trainers, threads ?? '–', precision, isMeasured ? count(imagesPerSecond) : '–'],
      ...[isMeasured ? bytes(memoryBytes) : '–', failure ?? remark],
    ]);
  };
  for (const each of plans)
    add(each, 'float32', each.isChosen ? 'chosen' : each.isWithinMemory ? '' : 'more memory than there is');
  if (halved !== undefined) add(halved, 'bfloat16', gainInWords(calibration));
  return [
    `${model}, batch ${batchSize}, ${optimizer}, on ${device} with ${cores} ${cores === 1 ? 'core' : 'cores'}`,
    table.toString(),
    ...keepingLines(calibration),
  ];
}

function gainInWords({ gain, prefersBfloat16, halved }: CalibrationView): string {
  if (gain === null) return `ran eagerly, in float32: ${halved?.eagerBecause ?? 'nothing to compare with'}`;
  return `${gain.toFixed(2)} × float32: auto is ${prefersBfloat16 ? 'bfloat16' : 'float32'}`;
}

function keepingLines({ plans, isCached, isKept, disturbedBy, measuredAt, file }: CalibrationView): string[] {
  if (!isCached && !plans.some(({ isChosen }) => isChosen)) return ['nothing fits, so nothing is kept'];
  return [
    `measured ${measuredAt}${isCached ? ', before; --fresh measures again' : ''}`,
    ...(disturbedBy === null ? [] : [`others kept ${disturbedBy.toFixed(1)} cores busy, so it may be disturbed`]),
    isKept ? `kept in ${file}` : `not kept${disturbedBy === null ? `: ${file} can't be written` : '; --keep keeps it'}`,
  ];
}
