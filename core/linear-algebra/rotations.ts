import type { Steps } from '../steps.js';
import type { Matrix } from './matrix.js';

/** Rotations of neighbouring columns, one after the other: the i-th turns columns first + i and first + i + 1. */
export interface Sweep {
  readonly first: number;
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

/** Rotations that wait for each other, so that four rows of the matrix stay in the cache while all pass: 1 MiB of them. */
const BATCH = 65_536;

/** Applies sweeps to the columns of a matrix, many at a time. */
export interface Rotator {
  add(sweep: Sweep): Steps<void>;
  /** Applies those that wait. */
  finish(): Steps<void>;
}

/** @param matrix - turned in place, with three rows of zeros at its end */
export function rotatorOf(matrix: Matrix): Rotator {
  let waiting: Sweep[] = [];
  let count = 0;
  function* finish(): Steps<void> {
    for (let i = 0; i < matrix.rows; i += 4) {
      for (const sweep of waiting) rotateFour(matrix, i, sweep);
      yield;
    }
    waiting = [];
    count = 0;
  }
  return {
    *add(sweep) {
      waiting.push(sweep);
      count += sweep.cosines.length;
      if (count >= BATCH) yield* finish();
    },
    finish,
  };
}

/** A sweep over four rows: what a rotation leaves in its right column, the next one takes without a way through memory. */
function rotateFour({ columns, values }: Matrix, i: number, { first, cosines, sines }: Sweep): void {
  let at = i * columns + first;
  const [to1, to2, to3] = [columns, 2 * columns, 3 * columns];
  let [x0, x1, x2, x3] = [values[at] ?? 0, values[at + to1] ?? 0, values[at + to2] ?? 0, values[at + to3] ?? 0];
  for (let k = 0; k < cosines.length; k++, at++) {
    const c = cosines[k] ?? 0;
    const s = sines[k] ?? 0;
    const y0 = values[at + 1] ?? 0;
    const y1 = values[at + to1 + 1] ?? 0;
    const y2 = values[at + to2 + 1] ?? 0;
    const y3 = values[at + to3 + 1] ?? 0;
    values[at] = c * x0 + s * y0;
    values[at + to1] = c * x1 + s * y1;
    values[at + to2] = c * x2 + s * y2;
    values[at + to3] = c * x3 + s * y3;
    x0 = c * y0 - s * x0;
    x1 = c * y1 - s * x1;
    x2 = c * y2 - s * x2;
    x3 = c * y3 - s * x3;
  }
  values[at] = x0;
  values[at + to1] = x1;
  values[at + to2] = x2;
  values[at + to3] = x3;
}
