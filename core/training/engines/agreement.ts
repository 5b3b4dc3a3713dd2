import type { NativeValues } from '../../network/native/backend.js';
import { EagerOnly } from '../compiled/eager-only.js';
import type { Trace } from '../compiled/tracer/trace.js';

/** Largest difference between eager and compiled results, relative to the largest entry, that is taken for rounding. */
export const AGREEMENT = 1e-5;
/** The same where the compiled step computes with bfloat16, which has three digits: it tells a useless step from a coarse one. The graph itself is held against `AGREEMENT` in float32. */
export const HALVED_AGREEMENT = 0.3;

/**
 * Compares what a compiled step gives with what eager gave for the same batch: the loss, each gradient, and each moving statistic.
 * @throws EagerOnly where they differ by more than rounding
 */
export function requireAgreement(
  eager: Trace,
  compiled: { readonly outputs: readonly NativeValues[]; readonly changes: ReadonlyMap<string, NativeValues> },
  trainable: readonly string[],
  tolerance: number,
): void {
  eager.outputs.forEach(({ values }, i) => {
    const name = i === 0 ? 'loss' : `gradient of ${trainable[i - 1]}`;
    requireClose(name, values, compiled.outputs[i], tolerance);
  });
  for (const [name, { values }] of eager.changes) requireClose(name, values, compiled.changes.get(name), tolerance);
}

/**
 * Holds one compiled result against eager's.
 * @throws EagerOnly where they differ by more than `tolerance` of the largest entry
 */
export function requireClose(
  name: string,
  expected: NativeValues,
  found: NativeValues | undefined,
  tolerance: number,
): void {
  const difference = found === undefined ? Number.NaN : relativeDifference(expected, found);
  if (difference <= tolerance) return;
  throw new EagerOnly(`the compiled ${name} differs from eager's by ${difference.toPrecision(2)} of its largest entry`);
}

/** Largest absolute difference over the largest absolute entry; 0 where both are all zero, NaN where anything is not finite. */
export function relativeDifference(expected: NativeValues, found: NativeValues): number {
  if (expected.length !== found.length) return Number.NaN;
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) {
    const value = expected[i] as number;
    const apart = Math.abs(value - (found[i] as number));
    if (!Number.isFinite(apart)) return Number.NaN;
    difference = Math.max(difference, apart);
    largest = Math.max(largest, Math.abs(value));
  }
  return difference === 0 ? 0 : difference / Math.max(largest, 1e-30);
}
