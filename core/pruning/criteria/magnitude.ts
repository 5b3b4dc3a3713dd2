/** |w| of every weight. */
export function magnitude(weights: Float32Array): Float32Array {
  return weights.map(Math.abs);
}
