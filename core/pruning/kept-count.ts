import { roundHalfEven } from '../round-half-even.js';

/** How many of `size` stay at a density, none being possible: in float32, as tfmot counts. */
export function keptAtDensity(size: number, density: number): number {
  return roundHalfEven(Math.fround(size * Math.fround(density)));
}

/** The density of a sparsity in float32: 1 − s. */
export function densityOf(sparsity: number): number {
  return Math.fround(1 - Math.fround(sparsity));
}

/** How many of `size` stay at a sparsity: max(round(size · (1 − s)), 1) in float32, as tfmot counts. 150 · (1 − 0.77) is 34.500003 there. */
export function keptCount(size: number, sparsity: number): number {
  return Math.max(keptAtDensity(size, densityOf(sparsity)), 1);
}
