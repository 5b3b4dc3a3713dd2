import type { Steps } from '../steps.js';
import type { Bidiagonal } from './bidiagonal.js';
import type { Sweep } from './rotations.js';

/** The distance from 1 to the next float64. */
const EPSILON = 2 ** -52;
/** A bound only: about two are needed. */
const SWEEPS_PER_VALUE = 30;

/**
 * The singular values of a bidiagonal matrix, in no order, by QR sweeps with implicit shifts (Golub and Reinsch 1970; the shift is that of
 * Demmel and Kahan 1990, 0 where the block is singular). Entries below rounding of the greatest count as zero. A step is a sweep.
 * @param turned - takes the rotations of the right singular vectors
 */
export function* diagonalForm(
  bidiagonal: Bidiagonal,
  turned: (sweep: Sweep) => Steps<void> = function* () {},
): Steps<Float64Array> {
  const [diagonal, above] = [bidiagonal.diagonal.slice(), bidiagonal.above.slice()];
  const greatest = (of: Float64Array): number => of.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
  const floor = EPSILON * Math.max(greatest(diagonal), greatest(above));
  // What is not a number counts as zero too: there is nothing to converge to.
  const isZero = (entry = 0): boolean => !(Math.abs(entry) > floor);
  let last = diagonal.length - 1;
  for (let sweep = 0; last > 0 && sweep < SWEEPS_PER_VALUE * diagonal.length; sweep++) {
    while (last > 0 && isZero(above[last - 1])) last--;
    let first = last;
    while (first > 0 && !isZero(above[first - 1])) first--;
    if (first === last) break;
    const isSingular = diagonal.subarray(first, last + 1).some(isZero);
    if (isSingular) for (let i = first; i <= last; i++) if (isZero(diagonal[i])) diagonal[i] = 0;
    yield* turned(swept(diagonal, above, first, last, isSingular ? 0 : shiftOf(diagonal, above, last)));
    yield;
  }
  return diagonal.map(Math.abs);
}

/** The smaller singular value of the last two rows and columns. */
function shiftOf(diagonal: Float64Array, above: Float64Array, last: number): number {
  const [f, g, h] = [Math.abs(diagonal[last - 1] ?? 0), above[last - 1] ?? 0, Math.abs(diagonal[last] ?? 0)];
  return (f / ((Math.hypot(f + h, g) + Math.hypot(f - h, g)) / 2)) * h;
}

/**
 * A QR sweep over the block from `first` to `last`, in place: a rotation of columns makes an entry below the diagonal, one of rows
 * chases it to the next column, and so on. A shift of 0 makes the last entry above the diagonal zero where a diagonal one is.
 * @returns the rotations of columns
 */
function swept(diagonal: Float64Array, above: Float64Array, first: number, last: number, shift: number): Sweep {
  const [cosines, sines] = [new Float64Array(last - first), new Float64Array(last - first)];
  const head = diagonal[first] ?? 0;
  let f = shift === 0 ? head : (Math.abs(head) - shift) * (Math.sign(head) + shift / head);
  let g = above[first] ?? 0;
  for (let k = first; k < last; k++) {
    const [right, c, s] = rotation(f, g);
    if (k > first) above[k - 1] = right;
    cosines[k - first] = c;
    sines[k - first] = s;
    const [d, e, next] = [diagonal[k] ?? 0, above[k] ?? 0, diagonal[k + 1] ?? 0];
    const [length, cosine, sine] = rotation(c * d + s * e, s * next);
    diagonal[k] = length;
    f = cosine * (c * e - s * d) + sine * c * next;
    diagonal[k + 1] = cosine * c * next - sine * (c * e - s * d);
    g = sine * (above[k + 1] ?? 0);
    above[k + 1] = cosine * (above[k + 1] ?? 0);
  }
  above[last - 1] = f;
  return { first, cosines, sines };
}

/** The rotation that makes (length, 0) of (f, g). */
function rotation(f: number, g: number): readonly [length: number, cosine: number, sine: number] {
  const length = Math.hypot(f, g);
  return length === 0 ? [0, 1, 0] : [length, f / length, g / length];
}
