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
  readonly limits: MemoryLimits;
  readonly isCached: boolean;
  /** Where it is kept. */
  readonly file: string;
}

/** What to calibrate with. */
export interface CalibrateOptions {
  readonly batch: number;
  readonly seconds?: number;
  readonly fresh?: boolean;
}

/**
 * Measures what this machine is best at with a model, or finds what was measured before.
 * @param onStart - hears that it is going to be measured
 */
export async function calibrateHere(
  model: string,
  { batch, seconds, fresh }: CalibrateOptions,
  onStart: (about: CalibrationStart) => void,
): Promise<CalibrationView> {
  const interrupt = onInterrupt();
  const { child, exited, messages } = startProgram('workers/gpu-node/calibrate-node.js', [
    ...['--model', model, '--batch', String(batch)],
    ...(seconds === undefined ? [] : ['--seconds', String(seconds)]),
    ...(fresh === true ? ['--fresh'] : []),
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
  const { model, batchSize, optimizer, device, cores, plans, isCached, measuredAt, file } = calibration;
  const table = new Table({
    head: ['trainers', 'threads', 'images/s in total', 'memory', 'chosen'],
    colAligns: ['right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const each of plans)
    table.push([
      each.trainers,
      each.threads ?? '–',
      each.failure === null ? count(each.imagesPerSecond) : '–',
      each.failure === null ? bytes(each.memoryBytes) : '–',
      each.isChosen ? 'chosen' : (each.failure ?? (each.isWithinMemory ? '' : 'more memory than there is')),
    ]);
  const isKept = plans.some(({ isChosen }) => isChosen) || isCached;
  return [
    `${model}, batch ${batchSize}, ${optimizer}, on ${device} with ${cores} ${cores === 1 ? 'core' : 'cores'}`,
    table.toString(),
    isKept
      ? `measured ${measuredAt}${isCached ? ', before; --fresh measures again' : ''}`
      : 'nothing fits, so nothing is kept',
    ...(isKept ? [`kept in ${file}`] : []),
  ];
}
