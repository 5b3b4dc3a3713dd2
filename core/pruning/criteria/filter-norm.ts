/** L1 norm of every output unit of a kernel [..., units] (Li et al. 2017). */
export function filterL1(kernel: Float32Array, units: number): Float32Array {
  return overUnits(kernel, units, Math.abs);
}

/** L2 norm of every output unit of a kernel [..., units]. */
export function filterL2(kernel: Float32Array, units: number): Float32Array {
  return overUnits(kernel, units, (w) => w * w).map(Math.sqrt);
}

/** Sum of a function of the weights over each unit, the last axis; in float64. */
function overUnits(kernel: Float32Array, units: number, of: (weight: number) => number): Float32Array {
  const sums = new Float64Array(units);
  kernel.forEach((weight, i) => {
    sums[i % units] = (sums[i % units] ?? 0) + of(weight);
  });
  return Float32Array.from(sums);
}
