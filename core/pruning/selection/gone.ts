/** Score of an atom that was pruned before. It never comes back, so that sparsity only grows. */
export const GONE = Number.NEGATIVE_INFINITY;

/** Atoms that are not gone. */
export function countLeft(scores: Float32Array): number {
  let left = 0;
  for (let i = 0; i < scores.length; i++) if (scores[i] !== GONE) left++;
  return left;
}

/**
 * Scores of atoms with those gone of which no weight is left.
 * @param atomOf - the atom of each weight
 * @param mask - 0/1 for each weight, as it is now
 */
export function withoutGone(scores: Float32Array, atomOf: Uint32Array, mask: Uint8Array): Float32Array {
  const gone = new Float32Array(scores.length).fill(GONE);
  mask.forEach((keep, weight) => {
    const atom = atomOf[weight] ?? 0;
    if (keep === 1) gone[atom] = scores[atom] ?? 0;
  });
  return gone;
}
