/** Numbers in nested lists, as JSON has a tensor. */
export type Nested = number | readonly Nested[];

/** Shape and row-major values of nested lists. */
export function flatten(nested: Nested): { readonly shape: number[]; readonly values: Float32Array } {
  const shape: number[] = [];
  for (let inner: Nested | undefined = nested; typeof inner === 'object'; inner = inner[0]) shape.push(inner.length);
  return { shape, values: Float32Array.from(leaves(nested)) };
}

/** The nested lists of a shape from row-major values. */
export function nest(values: ArrayLike<number>, shape: readonly number[]): Nested {
  const build = (axis: number, from: number, size: number): Nested => {
    const length = shape[axis];
    if (length === undefined) return values[from] ?? Number.NaN;
    const step = size / length;
    return Array.from({ length }, (_, i) => build(axis + 1, from + i * step, step));
  };
  return build(0, 0, values.length);
}

function leaves(nested: Nested): number[] {
  return typeof nested === 'number' ? [nested] : nested.flatMap(leaves);
}
