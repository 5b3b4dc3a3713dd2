import type { PlanMeasurement } from './choose.js';

/** What the best plan gave once more, in bfloat16. */
export interface HalvedMeasurement extends PlanMeasurement {
  /** Why it ran eagerly, and so in float32 after all; null where it ran compiled. */
  readonly eagerBecause: string | null;
}

/** What is known of a device in both precisions. */
export interface BothPrecisions {
  /** In float32. */
  readonly measurements: readonly PlanMeasurement[];
  /** Absent where it was not measured, as by a version that did not know of it. */
  readonly halved?: HalvedMeasurement;
}

/** How many times as fast bfloat16 has to be: less is not worth its three digits. */
export const LEAST_GAIN = 1.1;

/** Images a second in bfloat16 over those of the same plan in float32; null where either was not measured, or it ran eagerly. */
export function gainOf({ measurements, halved }: BothPrecisions): number | null {
  if (halved === undefined || halved.failure !== null || halved.eagerBecause !== null) return null;
  const whole = measurements.find(
    ({ trainers, threads, failure }) => failure === null && trainers === halved.trainers && threads === halved.threads,
  );
  return whole === undefined || whole.imagesPerSecond === 0 ? null : halved.imagesPerSecond / whole.imagesPerSecond;
}

/** Whether `precision: auto` is bfloat16 on that device. */
export function prefersBfloat16(measured: BothPrecisions): boolean {
  return (gainOf(measured) ?? 0) >= LEAST_GAIN;
}
