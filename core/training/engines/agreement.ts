import type { NativeValues } from '../../network/native/backend.js';
import { EagerOnly } from '../compiled/eager-only.js';
import type { Trace } from '../compiled/tracer/trace.js';

/** Largest difference between eager and compiled results, relative to the largest entry, that is taken for rounding. */
export const AGREEMENT = 1e-5;
/**
 * How far a step that computes with bfloat16, which has three digits, may be from eager's: it tells a useless step from a coarse one. The
 * graph itself is held against `AGREEMENT` in float32.
 */
export const HALVED_AGREEMENT = 0.3;

/** What a compiled step gives for a batch. */
export interface StepResults {
  /** The loss, and the gradient of each trainable weight. */
  readonly outputs: readonly NativeValues[];
  /** Moving statistics after the step, by name. */
  readonly changes: ReadonlyMap<string, NativeValues>;
}

/**
 * Compares what a compiled step gives with what eager gave for the same batch: the loss, each gradient, and each moving statistic.
 * @throws EagerOnly where they differ by more than rounding
 */
export function requireAgreement(eager: Trace, compiled: StepResults, trainable: readonly string[]): void {
  eager.outputs.forEach(({ values }, i) => {
    const name = i === 0 ? 'loss' : `gradient of ${trainable[i - 1]}`;
    requireClose(name, values, compiled.outputs[i], AGREEMENT);
  });
  for (const [name, { values }] of eager.changes) requireClose(name, values, compiled.changes.get(name), AGREEMENT);
}

/**
 * Compares what a step in bfloat16 gives with what eager gave: the loss, the direction and length of the whole gradient, which is what a
 * step goes by, and each moving statistic. Single entries that nearly cancel have no digit in common and say nothing.
 * @throws EagerOnly where they differ by more than `HALVED_AGREEMENT`
 */
export function requireSimilarity(eager: Trace, halved: StepResults): void {
  const [loss, ...gradients] = eager.outputs;
  const [halvedLoss, ...halvedGradients] = halved.outputs;
  if (loss !== undefined) requireClose('loss', loss.values, halvedLoss, HALVED_AGREEMENT);
  const length = Math.sqrt(sumOfSquares(gradients.map(({ values }) => values)));
  const apart = gradients.map(({ values }, i) =>
    Float64Array.from(values, (value, j) => value - (halvedGradients[i]?.[j] ?? Number.NaN)),
  );
  const difference = Math.sqrt(sumOfSquares(apart)) / Math.max(length, 1e-30);
  if (!(difference <= HALVED_AGREEMENT))
    throw new EagerOnly(`the gradient in bfloat16 differs from eager's by ${difference.toPrecision(2)} of its length`);
  for (const [name, { values }] of eager.changes)
    requireClose(name, values, halved.changes.get(name), HALVED_AGREEMENT);
}

function sumOfSquares(parts: readonly ArrayLike<number>[]): number {
  let sum = 0;
  for (const part of parts) for (let i = 0; i < part.length; i++) sum += Number(part[i]) ** 2;
  return sum;
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
