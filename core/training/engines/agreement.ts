import type { NativeBackend, NativeValues } from '../../network/native/backend.js';
import { EagerOnly } from '../compiled/eager-only.js';
import { outputValues, type Trace } from '../compiled/tracer/trace.js';

/** Largest difference between eager and compiled results, relative to the largest entry, that is taken for rounding. */
export const AGREEMENT = 1e-5;
/**
 * The same on GPUs. A graph has TensorFlow lay images out with their channels first there, for which cuDNN's kernels add up in another order
 * than for those of eager: a convolution of residualCnn is off by 1.2e-5.
 */
const GPU_AGREEMENT = 1e-4;

/** The bound where a backend computes. */
export function agreementOn({ isUsingGpuDevice }: Pick<NativeBackend, 'isUsingGpuDevice'>): number {
  return isUsingGpuDevice ? GPU_AGREEMENT : AGREEMENT;
}

/**
 * Gradients are held against no less than this part of the largest entry of all of them: one that is zero in truth, as that of a bias in
 * front of batch norm is, has nothing but rounding in it.
 */
const NOTABLE = 0.1;
/**
 * How far a step that computes with bfloat16, which has three digits, may be from eager's: it tells a useless step from a coarse one. The
 * graph itself is held against `AGREEMENT` in float32.
 */
export const HALVED_AGREEMENT = 0.3;

/**
 * A gradient jumps where an activation such as ReLU is within rounding of its bend, in batch norm above all: weights of a trained residualCnn
 * moved in their last digits move entries of its gradient by up to a hundredth. So much, and this many times it, is taken for rounding then.
 */
const JUMPS = 2;

/** What a compiled step gives for a batch. */
export interface StepResults {
  /** The loss, and the gradient of each trainable weight. */
  readonly outputs: readonly NativeValues[];
  /** Moving statistics after the step, by name. */
  readonly changes: ReadonlyMap<string, NativeValues>;
}

/**
 * Compares what a compiled step gives with what eager gave for the same batch: the loss, each gradient, and each moving statistic.
 * @param tolerance - what is taken for rounding, `agreementOn`
 * @param nudged - what eager gives where all weights are moved in their last digits; asked for where gradients differ by more
 * @throws EagerOnly where they differ by more than rounding
 */
export function requireAgreement(
  eager: Trace,
  compiled: StepResults,
  trainable: readonly string[],
  tolerance: number,
  nudged: () => Trace,
): void {
  const [loss, ...expected] = outputValues(eager);
  const [compiledLoss, ...compiledGradients] = compiled.outputs;
  if (loss !== undefined) requireClose('loss', loss, compiledLoss, tolerance);
  const jumping = (): readonly NativeValues[] => outputValues(nudged()).slice(1);
  requireGradients((i) => `gradient of ${trainable[i]}`, expected, compiledGradients, tolerance, jumping);
  for (const [name, { values }] of eager.changes) requireClose(name, values, compiled.changes.get(name), tolerance);
}

/**
 * Holds compiled gradients, or other results that belong together, against eager's.
 * @param nudged - what eager gives where all weights are moved in their last digits; asked for where something differs by more than `tolerance`
 * @throws EagerOnly where one differs by more than rounding
 */
export function requireGradients(
  name: (index: number) => string,
  expected: readonly NativeValues[],
  found: readonly NativeValues[],
  tolerance: number,
  nudged: () => readonly NativeValues[],
): void {
  const notable = NOTABLE * Math.max(...expected.map(largestOf));
  const apart = (others: readonly NativeValues[]): number[] =>
    expected.map((values, i) => relativeDifference(values, others[i] ?? new Float32Array(), notable));
  if (apart(found).every((difference) => difference <= tolerance)) return;
  const rounding = Math.max(tolerance, JUMPS * Math.max(...apart(nudged())));
  expected.forEach((values, i) => {
    requireClose(name(i), values, found[i], rounding, notable);
  });
}

/**
 * Compares what a step in bfloat16 gives with what eager gave: the loss, the direction and length of the whole gradient, which is what a
 * step goes by, and each moving statistic. Single entries that nearly cancel have no digit in common and say nothing.
 * @throws EagerOnly where they differ by more than `HALVED_AGREEMENT`
 */
export function requireSimilarity(eager: Trace, halved: StepResults): void {
  const [loss, ...gradients] = outputValues(eager);
  const [halvedLoss, ...halvedGradients] = halved.outputs;
  if (loss !== undefined) requireClose('loss', loss, halvedLoss, HALVED_AGREEMENT);
  let [length, apart] = [0, 0];
  gradients.forEach((gradient, i) => {
    const found = halvedGradients[i];
    gradient.forEach((value, j) => {
      length += value ** 2;
      apart += (value - (found?.[j] ?? Number.NaN)) ** 2;
    });
  });
  const difference = Math.sqrt(apart) / Math.max(Math.sqrt(length), 1e-30);
  if (!(difference <= HALVED_AGREEMENT))
    throw new EagerOnly(`the gradient in bfloat16 differs from eager's by ${difference.toPrecision(2)} of its length`);
  for (const [name, { values }] of eager.changes)
    requireClose(name, values, halved.changes.get(name), HALVED_AGREEMENT);
}

/**
 * Holds one compiled result against eager's.
 * @param notable - what the difference is relative to where the largest entry is smaller
 * @throws EagerOnly where they differ by more than `tolerance` of the largest entry
 */
function requireClose(
  name: string,
  expected: NativeValues,
  found: NativeValues | undefined,
  tolerance: number,
  notable = 0,
): void {
  const difference = found === undefined ? Number.NaN : relativeDifference(expected, found, notable);
  if (difference <= tolerance) return;
  throw new EagerOnly(`the compiled ${name} differs from eager's by ${difference.toPrecision(2)} of its largest entry`);
}

/** Largest absolute difference over the largest absolute entry or `notable`; 0 where both are all zero, NaN where anything is not finite. */
export function relativeDifference(expected: NativeValues, found: NativeValues, notable = 0): number {
  if (expected.length !== found.length) return Number.NaN;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) {
    const apart = Math.abs((expected[i] as number) - (found[i] as number));
    if (!Number.isFinite(apart)) return Number.NaN;
    difference = Math.max(difference, apart);
  }
  return difference === 0 ? 0 : difference / Math.max(largestOf(expected), notable, 1e-30);
}

function largestOf(values: NativeValues): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}
