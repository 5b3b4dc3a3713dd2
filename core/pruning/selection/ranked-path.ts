import { countLeading } from '../../count-leading.js';
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
  const owners = ownersInOrder(priorities.map((own, i) => withHeld(own, floors[i]?.held ?? [])));
  // When each layer loses its next atom, in steps.
  const losses = floors.map(({ left, hard }) => new Uint32Array(left - hard));
  const lost = new Uint32Array(floors.length);
  const held: number[] = [];
  const heldFrom = floors.map(() => Number.POSITIVE_INFINITY);
  let early = 0;
  const lose = (owner: number, step: number): void => {
    const before = lost[owner] ?? 0;
    const own = losses[owner];
    if (own !== undefined) own[before] = step;
    lost[owner] = before + 1;
  };
  for (let i = 0; i < owners.length; i++) {
    const owner = owners[i] ?? 0;
    const floor = floors[owner];
    if (floor !== undefined && floor.left - (lost[owner] ?? 0) > floor.soft) lose(owner, early++);
    else {
      heldFrom[owner] = Math.min(heldFrom[owner] ?? 0, early);
      held.push(owner);
    }
  }
  let steps = early;
  for (const owner of held) if ((lost[owner] ?? 0) < (losses[owner]?.length ?? 0)) lose(owner, steps++);
  return {
    steps,
    kept: (step) =>
      floors.map(({ left }, owner) => left - countLeading(losses[owner] ?? [], (lossAt) => lossAt < step)),
    floored: (step) => heldFrom.flatMap((from, owner) => (from < Math.min(step, early) ? [owner] : [])),
  };
}

/** Priorities where atoms that stay in any case go last. */
function withHeld(priorities: Float32Array, held: readonly number[]): Float32Array {
  if (held.length === 0) return priorities;
  const raised = priorities.slice();
  for (const atom of held) raised[atom] = Number.POSITIVE_INFINITY;
  return raised;
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
  let gone = 0;
  while (gone < total && all[order[gone] ?? 0] === GONE) gone++;
  const owners = order.subarray(gone);
  for (let i = 0; i < owners.length; i++) owners[i] = ownerOf[owners[i] ?? 0] ?? 0;
  return owners;
}
