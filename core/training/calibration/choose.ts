import type { TrainerPlan } from './trainer-plan.js';

/** What a plan gave on a device. */
export interface PlanMeasurement extends TrainerPlan {
  /** Training images a second of all trainers together; 0 where it was not measured. */
  readonly imagesPerSecond: number;
  /** Bytes of all trainers together. */
  readonly memoryBytes: number;
  /** Bytes of the biggest trainer. */
  readonly largestTrainerBytes: number;
  /** Why it was not measured to its end; null where it was. */
  readonly failure: string | null;
}

/** The memory of a device's host that its trainers may take. */
export interface MemoryLimits {
  /** Bytes of one trainer, above which it is replaced. */
  readonly trainerBytes: number;
  /** Bytes of all trainers. */
  readonly totalBytes: number;
}

/** Fraction of the images a second that is worth having fewer trainers: measurements are no better than that. */
export const TIE = 0.03;

/** Whether a plan was measured and fits into memory. */
export function isWithinMemory(measured: PlanMeasurement, limits: MemoryLimits): boolean {
  return (
    measured.failure === null &&
    measured.memoryBytes <= limits.totalBytes &&
    measured.largestTrainerBytes <= limits.trainerBytes
  );
}

/**
 * The plan that trains most images a second in total among those that fit into memory; of those within 3 % of it the one of fewest
 * trainers, then of fewest threads. Null where none fits.
 */
export function choosePlan(measurements: readonly PlanMeasurement[], limits: MemoryLimits): PlanMeasurement | null {
  const fitting = measurements.filter((each) => isWithinMemory(each, limits));
  const most = Math.max(...fitting.map(({ imagesPerSecond }) => imagesPerSecond));
  const [first] = fitting
    .filter(({ imagesPerSecond }) => imagesPerSecond * (1 + TIE) >= most)
    .sort((a, b) => a.trainers - b.trainers || (a.threads ?? 0) - (b.threads ?? 0));
  return first ?? null;
}

/** Whether a plan of so many trainers is not even tried: the last one that was measured says what each takes. */
export function wouldExceedMemory(
  { trainers }: TrainerPlan,
  last: PlanMeasurement | undefined,
  { totalBytes }: MemoryLimits,
): boolean {
  return last !== undefined && (last.memoryBytes / last.trainers) * trainers > totalBytes;
}

/** Whether a GPU is as full as it gets: one trainer more gave less in total, or did not run. */
export function hasFallen(measurements: readonly PlanMeasurement[]): boolean {
  const [before, last] = measurements.slice(-2);
  if (last === undefined || before === undefined) return false;
  return last.failure !== null || last.imagesPerSecond < before.imagesPerSecond;
}
