/** A weight by name, such as `conv2d/kernel`, with its row-major values. */
export interface NamedTensor<Values extends Float32Array | Uint8Array = Float32Array> {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Values;
}

/** The values of tensors by their names. */
export function valuesByName(tensors: readonly NamedTensor[]): Map<string, Float32Array> {
  return new Map(tensors.map(({ name, values }) => [name, values]));
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}
