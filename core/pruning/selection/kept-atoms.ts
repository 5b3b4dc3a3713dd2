import { ascendingOrder } from '../float-order.js';
import type { KeptAtoms } from './target.js';

/**
 * The atoms of a layer that stay where so many do: the highest scores, of equal ones the first in memory.
 * @param held - atoms that stay before all others
 */
export function keptAtoms(scores: Float32Array, held: readonly number[] = []): (count: number) => KeptAtoms {
  let order: Uint32Array | null = null;
  const highestFirst = (): Uint32Array => {
    order ??= heldFirst(ascendingOrder(scores).reverse(), held);
    return order;
  };
  return (count) => ({ count, atoms: () => highestFirst().subarray(0, count) });
}

function heldFirst(order: Uint32Array, held: readonly number[]): Uint32Array {
  if (held.length === 0) return order;
  const first = new Set(held);
  return Uint32Array.of(...order.filter((atom) => first.has(atom)), ...order.filter((atom) => !first.has(atom)));
}

/**
 * How many weights the kept atoms of a layer have.
 * @param sizes - of its atoms
 */
export function weightsOf(sizes: ArrayLike<number>): (kept: KeptAtoms) => number {
  const size = sizes[0] ?? 1;
  if (Array.prototype.every.call(sizes, (each) => each === size)) return ({ count }) => count * size;
  return ({ atoms }) => atoms().reduce((sum, atom) => sum + (sizes[atom] ?? 0), 0);
}
