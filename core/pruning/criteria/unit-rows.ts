import { sizeOf } from '../../models/named-tensor.js';
import type { ScoredKernel, ScoredLayer } from './criterion.js';

/** The weights of each unit of a layer as one vector, rows [units, fanIn]. */
export interface UnitRows {
  readonly units: number;
  readonly fanIn: number;
  readonly values: Float32Array;
}

/**
 * The axis of a kernel with its layer's units: the last that has an entry a unit, or a block of them for each gate. Of the two axes of a
 * recurrent kernel the first is what units take in. −1 where the kernel has none, as that of a depthwise convolution.
 */
export function unitAxis({ axes }: Pick<ScoredKernel, 'axes'>): number {
  return axes.findLastIndex(({ role }) => role === 'out' || role === 'gates');
}

/**
 * The axis of a kernel along which its input's features lie; of a recurrent kernel that of the units whose state it takes. −1 where it has
 * none: an embedding looks its rows up.
 */
export function inputAxis(kernel: Pick<ScoredKernel, 'axes'>): number {
  const own = kernel.axes.findIndex(({ role }) => role === 'in' || role === 'multiplied');
  if (own >= 0) return own;
  const first = kernel.axes.findIndex(({ role }) => role === 'out');
  return first < unitAxis(kernel) ? first : -1;
}

/** For a row-major place of a tensor, where it lies along an axis. */
export function placeAlong({ shape }: Pick<ScoredKernel, 'shape'>, axis: number): (place: number) => number {
  const length = shape[axis] ?? 1;
  const stride = sizeOf(shape.slice(axis + 1));
  return (place) => Math.floor(place / stride) % length;
}

/**
 * The unit of each weight of a kernel, by its row-major place; null where the kernel makes no units. Gates are blocks of `units`, so that
 * a unit has a column in each.
 */
function unitOf(kernel: Pick<ScoredKernel, 'shape' | 'axes'>, units: number): ((place: number) => number) | null {
  const axis = unitAxis(kernel);
  if (axis < 0) return null;
  const along = placeAlong(kernel, axis);
  return (place) => along(place) % units;
}

/** The sum over each unit of what `of` gives for the weights of a kernel, in its layout; in float64. */
export function sumOverUnits(
  { units, kernels }: ScoredLayer,
  of: (kernel: ScoredKernel) => ArrayLike<number>,
): Float64Array {
  const sums = new Float64Array(units);
  for (const kernel of kernels) {
    const unit = unitOf(kernel, units);
    if (unit === null) continue;
    const values = of(kernel);
    for (let i = 0; i < values.length; i++) {
      const own = unit(i);
      sums[own] = (sums[own] ?? 0) + (values[i] ?? 0);
    }
  }
  return sums;
}

/** The weights of each unit as a row, kernel by kernel; all gate columns of a unit are its own. */
export function unitRows({ units, kernels }: ScoredLayer): UnitRows {
  const own = kernels.filter((kernel) => unitAxis(kernel) >= 0);
  const fanIn = own.reduce((sum, { values }) => sum + values.length, 0) / units;
  const rows = new Float32Array(units * fanIn);
  const filled = new Uint32Array(units);
  for (const kernel of own) {
    const unit = unitOf(kernel, units) ?? ((): number => 0);
    kernel.values.forEach((value, i) => {
      const row = unit(i);
      const at = filled[row] ?? 0;
      rows[row * fanIn + at] = value;
      filled[row] = at + 1;
    });
  }
  return { units, fanIn, values: rows };
}
