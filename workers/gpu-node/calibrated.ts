import { availableParallelism, freemem } from 'node:os';
import { calibrationFile, readCalibration, writeCalibration } from '../../core/training/calibration/cache.js';
import {
  type Calibration,
  type CalibrationSubject,
  calibrationKey,
  loadModel,
  optimizerKind,
} from '../../core/training/calibration/calibration.js';
import { choosePlan, type MemoryLimits, type PlanMeasurement } from '../../core/training/calibration/choose.js';
import { cpuPlans, gpuPlans, type TrainerPlan } from '../../core/training/calibration/trainer-plan.js';
import { cacheDir, pins } from '../../tools/paths.mjs';
import { packageVersion } from '../version.js';
import { measurePlans } from './calibration.js';
import type { FoundDevice } from './devices.js';
import { disturbanceBy, loadNow } from './disturbance.js';

/** How a calibration is come by. */
export interface CalibrationRequest {
  readonly subject: CalibrationSubject;
  readonly devices: readonly FoundDevice[];
  /** Bytes above which a trainer is replaced. */
  readonly trainerBytes: number;
  /** Measures even where it is known. */
  readonly isFresh?: boolean;
  /** Keeps it even where others may have disturbed it. */
  readonly keepsDisturbed?: boolean;
  /** What this machine has to do already, in cores; read from it where it is not given. */
  readonly load?: number;
  /** Seconds of all measurements together. */
  readonly seconds?: number;
  /** Plans to measure in place of those that the device calls for. */
  readonly plans?: readonly TrainerPlan[];
  /** Folder of caches. */
  readonly cacheFolder?: string;
  readonly signal: AbortSignal;
  /** Hears that it is going to be measured. */
  onStart?(about: CalibrationStart): void;
  /** Hears of each plan that has been measured. */
  onMeasured?(measurement: PlanMeasurement): void;
}

/** What is going to be measured. */
export interface CalibrationStart {
  /** Name of the model's topology. */
  readonly model: string;
  readonly device: string;
  readonly plans: number;
  readonly seconds: number;
}

/** A calibration with what it means for this node now. */
export interface Calibrated {
  readonly calibration: Calibration;
  readonly limits: MemoryLimits;
  /** The best plan; null where none fits into memory. */
  readonly chosen: PlanMeasurement | null;
  /** Whether it had been measured before. */
  readonly isCached: boolean;
  /** Cores that others kept busy when it began, where that may have disturbed it; null otherwise. */
  readonly disturbedBy: number | null;
  /** Whether it is found the next time. */
  readonly isKept: boolean;
  /** Where it is kept. */
  readonly file: string;
}

const SECONDS = 28;
/** Part of the free memory that trainers may take: others run here, too, and data is bigger than what is measured with. */
const MEMORY_SHARE = 0.9;

/**
 * What this node is best at with a model: as measured before, else measured now, and kept where nothing disturbed it. All GPUs of a node
 * count as the first one.
 * @throws PrunefrontError `PRUNEFRONT_MODEL_*`; the abort reason where the signal fires
 */
export async function calibrated(request: CalibrationRequest): Promise<Calibrated> {
  const { subject, devices, trainerBytes, signal } = request;
  const [first] = devices;
  const { topology } = await loadModel(subject.model);
  const cores = availableParallelism();
  const place = {
    device: first?.device.name ?? '',
    cores,
    version: `${packageVersion()}, TensorFlow ${pins.tensorflow.version}`,
  };
  const file = calibrationFile(request.cacheFolder ?? cacheDir(), calibrationKey(topology, subject, place));
  const limits = { trainerBytes, totalBytes: Math.floor((MEMORY_SHARE * freeBytes()) / Math.max(1, devices.length)) };
  const known = request.isFresh === true ? null : await readCalibration(file);
  if (known !== null) {
    const chosen = choosePlan(known.measurements, limits);
    return { calibration: known, limits, chosen, isCached: true, disturbedBy: null, isKept: true, file };
  }
  const disturbedBy = disturbanceBy(request.load ?? loadNow());
  const gpu = first?.visible ?? null;
  const plans = request.plans ?? (gpu === null ? cpuPlans(cores) : gpuPlans());
  const seconds = request.seconds ?? SECONDS;
  request.onStart?.({ model: topology.name, device: place.device, plans: plans.length, seconds });
  const measured = await measurePlans({
    ...{ subject, plans, gpu, limits, seconds, signal },
    onMeasured: (measurement) => request.onMeasured?.(measurement),
  });
  const calibration: Calibration = {
    ...{ ...place, model: topology.name, batchSize: subject.batchSize, optimizer: optimizerKind(subject.optimizer) },
    ...{ ...measured, measuredAt: new Date().toISOString() },
  };
  const chosen = choosePlan(measured.measurements, limits);
  // One that nothing came of, as for want of memory at this moment, is not kept; and a cache that cannot be written is no failure.
  const isWorthKeeping = chosen !== null && (disturbedBy === null || request.keepsDisturbed === true);
  const isKept = isWorthKeeping && (await hasWritten(file, calibration));
  return { calibration, limits, chosen, isCached: false, disturbedBy, isKept, file };
}

async function hasWritten(file: string, calibration: Calibration): Promise<boolean> {
  return writeCalibration(file, calibration).then(
    () => true,
    () => false,
  );
}

/** Bytes that this process and its children may still take, limits of its container included where node tells them. */
function freeBytes(): number {
  const available = (process as { availableMemory?: () => number }).availableMemory;
  return available?.() ?? freemem();
}
