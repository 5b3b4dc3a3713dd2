import type { Axis } from './layers/index.js';
import { type NamedTensor, sizeOf } from './named-tensor.js';

/** Slices of a tensor: those at `indices` along `axis`. */
export interface Slices {
  readonly axis: number;
  readonly indices: readonly number[];
}

/**
 * What of an axis of a parameter goes.
 * @param before - features that the layer's input loses
 * @param own - units that the layer loses
 */
export function removedIndices(
  axis: Axis,
  before: ReadonlySet<number>,
  own: ReadonlySet<number>,
  size: number,
): number[] {
  switch (axis.role) {
    case 'fixed':
      return [];
    case 'in':
    case 'feature':
      return [...before];
    case 'out':
      return [...own];
    case 'gates': {
      const units = size / axis.count;
      return Array.from({ length: axis.count }, (_, gate) => [...own].map((unit) => gate * units + unit)).flat();
    }
    case 'multiplied':
      return [...before].flatMap((feature) => Array.from({ length: axis.by }, (_, j) => feature * axis.by + j));
  }
}

/** The slices at `indices` along `axis`. */
export function take<Values extends Float32Array | Uint8Array>(
  tensor: NamedTensor<Values>,
  { axis, indices }: Slices,
): NamedTensor<Values> {
  const { name, shape, values } = tensor;
  const inner = sizeOf(shape.slice(axis + 1));
  const size = shape[axis] ?? 1;
  const outer = values.length / (size * inner);
  const cut = new (values.constructor as new (length: number) => Values)(outer * indices.length * inner);
  for (let o = 0; o < outer; o++) {
    indices.forEach((index, i) => {
      const from = (o * size + index) * inner;
      cut.set(values.subarray(from, from + inner), (o * indices.length + i) * inner);
    });
  }
  return { name, shape: shape.map((length, i) => (i === axis ? indices.length : length)), values: cut };
}

/** A copy with zeros in the slices. */
export function zeroed(tensor: NamedTensor, slices: readonly Slices[]): NamedTensor {
  const { shape } = tensor;
  const values = tensor.values.slice();
  for (const { axis, indices } of slices) {
    const inner = sizeOf(shape.slice(axis + 1));
    const stride = (shape[axis] ?? 1) * inner;
    for (let start = 0; start < values.length; start += stride)
      for (const index of indices) values.fill(0, start + index * inner, start + (index + 1) * inner);
  }
  return { ...tensor, values };
}

/** All indices of an axis but some. */
export function complement(indices: Iterable<number>, size: number): number[] {
  const own = new Set(indices);
  return Array.from({ length: size }, (_, i) => i).filter((i) => !own.has(i));
}
