import { keptAtDensity } from '../kept-count.js';
import type { Floor } from './floors.js';
import type { RemovalPath } from './removal-path.js';

/** Steps from a sparsity of 0 to 1: so fine that one seldom takes more than an atom of each layer. */
const STEPS = 2 ** 30;

/**
 * The way on which layers get sparser as a scope's densities say.
 * @param atoms - that each layer had in the baseline, which its density counts from
 * @param densitiesAt - density of each layer at a sparsity of all of them
 */
export function densityPath(
  atoms: readonly number[],
  densitiesAt: (sparsity: number) => readonly number[],
  floors: readonly Pick<Floor, 'left' | 'hard'>[],
): RemovalPath {
  const wanted = (step: number): number[] => {
    const densities = densitiesAt(step / STEPS);
    return atoms.map((count, i) => keptAtDensity(count, densities[i] ?? 1));
  };
  return {
    steps: STEPS,
    kept: (step) => wanted(step).map((count, i) => held(count, floors[i])),
    floored: (step) => wanted(step).flatMap((count, i) => (count < (floors[i]?.hard ?? 0) ? [i] : [])),
  };
}

/** A count, no more than is left and no less than what stays in any case. */
function held(count: number, floor: Pick<Floor, 'left' | 'hard'> = { left: count, hard: 0 }): number {
  return Math.min(floor.left, Math.max(floor.hard, count));
}
