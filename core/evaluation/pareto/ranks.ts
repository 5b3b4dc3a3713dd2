import { dominates } from './dominance.js';

/**
 * Non-dominated sorting (Deb et al. 2002, NSGA-II): the rank of each point, 0 for the front, 1 for the front of what is left
 * without it, and so on. Every coordinate is minimised; equal points share a rank.
 */
export function paretoRanks(points: readonly (readonly number[])[]): number[] {
  const dominated: number[][] = points.map(() => []);
  const dominators = points.map(() => 0);
  for (const [i, a] of points.entries()) {
    for (const [j, b] of points.entries()) {
      if (!dominates(a, b)) continue;
      dominated[i]?.push(j);
      dominators[j] = (dominators[j] ?? 0) + 1;
    }
  }
  const ranks = points.map(() => 0);
  let current = dominators.flatMap((count, index) => (count === 0 ? [index] : []));
  for (let rank = 0; current.length > 0; rank += 1) {
    const next: number[] = [];
    for (const index of current) {
      ranks[index] = rank;
      for (const below of dominated[index] ?? []) {
        const left = (dominators[below] ?? 0) - 1;
        dominators[below] = left;
        if (left === 0) next.push(below);
      }
    }
    current = next;
  }
  return ranks;
}
