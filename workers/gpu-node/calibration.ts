import type { CalibrationSubject } from '../../core/training/calibration/calibration.js';
import {
  choosePlan,
  hasFallen,
  type MemoryLimits,
  type PlanMeasurement,
  wouldExceedMemory,
} from '../../core/training/calibration/choose.js';
import type { BothPrecisions } from '../../core/training/calibration/precision.js';
import type { TrainerPlan } from '../../core/training/calibration/trainer-plan.js';
import { CalibrationProcess, type ProcessRate } from './calibration-process.js';

/** What to measure, where, and in which bounds. */
export interface CalibrationRun {
  readonly subject: CalibrationSubject;
  readonly plans: readonly TrainerPlan[];
  /** `CUDA_VISIBLE_DEVICES`; null on a machine without a GPU. */
  readonly gpu: string | null;
  readonly limits: MemoryLimits;
  /** Seconds of all plans together, starts included. */
  readonly seconds: number;
  /** Ends it; no process stays behind. */
  readonly signal: AbortSignal;
  /** Hears of each plan that has been measured; not of that in bfloat16. */
  readonly onMeasured?: (measurement: PlanMeasurement) => void;
}

/** A measurement that is shorter says little. */
const LEAST_SECONDS = 2;
const START_TIMEOUT_MS = 60_000;

/**
 * Measures plans one after the other, in the order given, then the best one once more in bfloat16. One that memory would not hold is not
 * started, and on a GPU it ends once more trainers give less in total.
 * @throws the abort reason where the signal fires
 */
export async function measurePlans(run: CalibrationRun): Promise<BothPrecisions> {
  const { plans, limits, gpu, signal, onMeasured } = run;
  const started = performance.now();
  const secondsLeft = (): number => run.seconds - (performance.now() - started) / 1000;
  const measurements: PlanMeasurement[] = [];
  for (const [i, plan] of plans.entries()) {
    signal.throwIfAborted();
    if (gpu !== null && hasFallen(measurements)) break;
    const last = measurements.findLast(({ failure }) => failure === null);
    // The last share is for bfloat16.
    const seconds = secondsLeft() / (plans.length - i + 1);
    const measured = wouldExceedMemory(plan, last, limits)
      ? unmeasured(plan, 'it would take more memory than there is')
      : (await measurePlan(run, plan, 'float32', seconds)).measured;
    measurements.push(measured);
    onMeasured?.(measured);
  }
  signal.throwIfAborted();
  const best = choosePlan(measurements, limits);
  if (best === null) return { measurements };
  const { measured, eagerBecause } = await measurePlan(run, best, 'bfloat16', secondsLeft());
  return { measurements, halved: { ...measured, eagerBecause } };
}

async function measurePlan(
  run: CalibrationRun,
  { trainers, threads }: TrainerPlan,
  precision: 'float32' | 'bfloat16',
  seconds: number,
): Promise<{ readonly measured: PlanMeasurement; readonly eagerBecause: string | null }> {
  const { subject, gpu, signal } = run;
  const plan = { trainers, threads };
  const least = Math.min(LEAST_SECONDS, run.seconds);
  const started = performance.now();
  const processes = Array.from(
    { length: trainers },
    () => new CalibrationProcess({ subject, gpu, threads, precision }),
  );
  try {
    const ready = Promise.all(processes.map((each) => each.ready()));
    const eagerBecause = (await unlessLate(ready, START_TIMEOUT_MS, signal)).find((each) => each !== null) ?? null;
    // Starting is a part of the time, but not of what is measured.
    const training = Math.max(least, seconds - (performance.now() - started) / 1000);
    const rates = await unlessLate(
      Promise.all(processes.map((each) => each.train(training))),
      training * 1000 + START_TIMEOUT_MS,
      signal,
    );
    const memory = processes.map((each, i) => each.proportionalBytes() ?? rates[i]?.memoryBytes ?? 0);
    const measured = {
      ...plan,
      imagesPerSecond: rates.reduce((sum, rate: ProcessRate) => sum + rate.images / rate.seconds, 0),
      memoryBytes: memory.reduce((sum, bytes) => sum + bytes, 0),
      // A trainer is replaced by what is resident of it, shared or not.
      largestTrainerBytes: Math.max(...rates.map(({ memoryBytes }) => memoryBytes)),
      failure: null,
    };
    return { measured, eagerBecause };
  } catch (error) {
    signal.throwIfAborted();
    const failure = error instanceof Error ? error.message : String(error);
    return { measured: unmeasured(plan, failure), eagerBecause: null };
  } finally {
    await Promise.all(processes.map((each) => each.end()));
  }
}

function unmeasured(plan: TrainerPlan, failure: string): PlanMeasurement {
  return { ...plan, imagesPerSecond: 0, memoryBytes: 0, largestTrainerBytes: 0, failure };
}

/** What a promise gives, unless it takes too long or the signal fires. */
async function unlessLate<T>(promise: Promise<T>, milliseconds: number, signal: AbortSignal): Promise<T> {
  let leave: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    timer = setTimeout(() => reject(new Error(`it took more than ${milliseconds / 1000} s`)), milliseconds);
  });
  try {
    return await Promise.race([promise, ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
  }
}
