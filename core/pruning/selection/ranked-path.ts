import { ascendingOrder } from '../float-order.js';
import type { Floor } from './floors.js';
import { GONE } from './gone.js';
import type { RemovalPath } from './removal-path.js';

/**
 * The way that removes the lowest priorities first, whichever layer they are of; then, where all layers are at their soft floors, the
 * lowest of what those held back, down to the hard ones. One order for all sparsities: what a higher one keeps, a lower one keeps too.
 * @param priorities - of each layer's atoms; −∞ for those gone
 */
export function rankedPath(priorities: readonly Float32Array[], floors: readonly Floor[]): RemovalPath {
  const owners = ownersInOrder(priorities);
  const left = floors.map((floor) => floor.left);
  const sequence = new Uint32Array(owners.length);
  const late: number[] = [];
  const heldFrom = floors.map(() => Number.POSITIVE_INFINITY);
  let early = 0;
  for (const owner of owners) {
    const { soft, hard } = floors[owner] ?? { soft: 0, hard: 0 };
    const now = left[owner] ?? 0;
    if (now <= soft) heldFrom[owner] = Math.min(heldFrom[owner] ?? 0, early);
    if (now <= hard) continue;
    left[owner] = now - 1;
    if (now > soft) sequence[early++] = owner;
    else late.push(owner);
  }
  sequence.set(late, early);
  return {
    steps: early + late.length,
    kept(step) {
      const kept = floors.map((floor) => floor.left);
      for (let i = 0; i < step; i++) {
        const owner = sequence[i] ?? 0;
        kept[owner] = (kept[owner] ?? 0) - 1;
      }
      return kept;
    },
    floored: (step) => heldFrom.flatMap((from, owner) => (from < Math.min(step, early) ? [owner] : [])),
  };
}

/** The layer of each atom that is left, by its place, from the lowest priority to the highest. */
function ownersInOrder(priorities: readonly Float32Array[]): Uint32Array {
  const total = priorities.reduce((sum, { length }) => sum + length, 0);
  const all = new Float32Array(total);
  const ownerOf = new Uint32Array(total);
  let offset = 0;
  priorities.forEach((own, owner) => {
    all.set(own, offset);
    ownerOf.fill(owner, offset, offset + own.length);
    offset += own.length;
  });
  const order = ascendingOrder(all);
  const gone = order.findIndex((atom) => all[atom] !== GONE);
  return order.subarray(gone < 0 ? total : gone).map((atom) => ownerOf[atom] ?? 0);
}
