import { availableParallelism } from 'node:os';
import { describeError, toErrorData } from '../../core/errors.js';
import type { CalibrationSubject } from '../../core/training/calibration/calibration.js';
import { prefersBfloat16 } from '../../core/training/calibration/precision.js';
import { type Calibrated, type CalibrationRequest, calibrated } from './calibrated.js';
import type { FoundDevice } from './devices.js';
import { disturbanceInWords } from './disturbance.js';

/** What somebody asked for; null leaves it to the node. */
export interface AskedSlots {
  /** Stages at once on each GPU, or on the CPU. */
  readonly slots: number | null;
  /** CPU threads of each trainer. */
  readonly threads: number | null;
}

/** How many trainers a node has, and of how many threads. */
export interface SlotsAndThreads {
  /** Trainers on each GPU, or on the CPU. */
  readonly slots: number;
  /** CPU threads of each trainer; null leaves it to TensorFlow. */
  readonly threads: number | null;
  /** Whether `precision: auto` is bfloat16 here: where a calibration measured that it is faster. */
  readonly prefersBfloat16: boolean;
  /** Why so many, for people. */
  readonly because: string;
  /** What was measured, where it was chosen from that. */
  readonly calibrated: Calibrated | null;
}

/** What slots and threads are decided from. */
export interface SlotsQuestion extends Omit<CalibrationRequest, 'subject'> {
  readonly asked: AskedSlots;
  /** The model to calibrate with; null takes the default. */
  readonly subject: CalibrationSubject | null;
}

/**
 * What was asked for, else what a calibration says, else the default: one trainer a core, of one thread; one a GPU. A number fixes what
 * it is about, and then nothing is measured. A calibration that fails costs nothing but the better choice.
 * @throws the abort reason where the signal fires
 */
export async function slotsAndThreads(question: SlotsQuestion): Promise<SlotsAndThreads> {
  const { asked, subject, devices, signal } = question;
  if (asked.slots !== null || asked.threads !== null) return fixed(asked, devices);
  if (subject === null) return byDefault(devices, 'by default, as no model to calibrate with is named');
  try {
    const found = await calibrated({ ...question, subject });
    const { chosen, calibration, isCached } = found;
    const when = isCached ? `calibrated on ${calibration.measuredAt.slice(0, 10)}` : 'calibrated now';
    const halves = { prefersBfloat16: prefersBfloat16(calibration) };
    const remarks = `${halves.prefersBfloat16 ? '; auto is bfloat16' : ''}${disturbance(found)}`;
    if (chosen !== null) {
      const { trainers, threads } = chosen;
      const because = `${when} with ${calibration.model}${remarks}`;
      return { slots: trainers, threads, ...halves, calibrated: found, because };
    }
    const { measurements } = calibration;
    const failure = measurements.find((each) => each.failure !== null)?.failure;
    if (measurements.every((each) => each.failure !== null))
      return byDefault(devices, `by default, as nothing could be measured (${failure ?? 'no plan'})`);
    // Even the smallest takes more than there is; the default would take most.
    const threads = onCpu(devices) ? availableParallelism() : null;
    const because = `${when}: more would not fit into memory${remarks}`;
    return { slots: 1, threads, ...halves, calibrated: found, because };
  } catch (error) {
    signal.throwIfAborted();
    const [first] = describeError(toErrorData(error)).split('\n');
    return byDefault(devices, `by default, as calibrating failed (${first})`);
  }
}

function fixed({ slots, threads }: AskedSlots, devices: readonly FoundDevice[]): SlotsAndThreads {
  const isCpu = onCpu(devices);
  const because = 'as asked for';
  const unmeasured = { prefersBfloat16: false, because, calibrated: null };
  if (slots !== null) return { slots, threads: threads ?? (isCpu ? 1 : null), ...unmeasured };
  const fitting = isCpu ? Math.max(1, Math.floor(availableParallelism() / (threads ?? 1))) : 1;
  return { slots: fitting, threads, ...unmeasured };
}

function byDefault(devices: readonly FoundDevice[], because: string): SlotsAndThreads {
  const usual = onCpu(devices) ? { slots: availableParallelism(), threads: 1 } : { slots: 1, threads: null };
  return { ...usual, prefersBfloat16: false, because, calibrated: null };
}

function disturbance({ disturbedBy, isKept }: Calibrated): string {
  if (disturbedBy === null) return '';
  return `; ${disturbanceInWords(disturbedBy)}${isKept ? '' : ' and is not kept'}`;
}

function onCpu([first]: readonly FoundDevice[]): boolean {
  return first === undefined || first.visible === null;
}

/** `2 trainers of 1 thread each`. */
export function inWords({ slots, threads }: Pick<SlotsAndThreads, 'slots' | 'threads'>): string {
  const trainers = slots === 1 ? '1 trainer' : `${slots} trainers`;
  if (threads === null) return `${trainers} on each GPU`;
  return `${trainers} of ${threads === 1 ? '1 thread' : `${threads} threads`}${slots === 1 ? '' : ' each'}`;
}
