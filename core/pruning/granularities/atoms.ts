import type { Settings } from '../../registry/index.js';
import type { Atoms, KernelShape, MaskGranularity } from './granularity.js';

/**
 * The atoms of a kernel with their scores.
 * @param scores - of each weight, in the kernel's layout
 */
export function atomsOf(
  granularity: MaskGranularity,
  kernel: KernelShape,
  scores: Float32Array,
  settings: Settings,
): Atoms {
  const atomOf = granularity.atomOf(kernel, settings);
  const sizes = sizesOf(atomOf);
  const groupSize = granularity.groupSize?.(settings);
  return {
    scores: granularity.pool?.(kernel, scores, settings) ?? means(scores, atomOf, sizes),
    sizes,
    ...(groupSize === undefined ? {} : { groupSize }),
  };
}

/**
 * 0/1 for each weight of a kernel.
 * @param keep - 0/1 for each atom
 */
export function expandAtoms(atomOf: Uint32Array, keep: Uint8Array): Uint8Array {
  return Uint8Array.from(atomOf, (atom) => keep[atom] ?? 0);
}

/** Weights in each atom, from the atom of each weight. */
export function sizesOf(atomOf: Uint32Array): Uint32Array {
  const sizes = new Uint32Array(atomOf.reduce((most, atom) => Math.max(most, atom + 1), 0));
  for (const atom of atomOf) sizes[atom] = (sizes[atom] ?? 0) + 1;
  return sizes;
}

function means(scores: Float32Array, atomOf: Uint32Array, sizes: Uint32Array): Float32Array {
  const sums = new Float64Array(sizes.length);
  scores.forEach((score, weight) => {
    const atom = atomOf[weight] ?? 0;
    sums[atom] = (sums[atom] ?? 0) + score;
  });
  return Float32Array.from(sums, (sum, atom) => sum / (sizes[atom] ?? 1));
}
