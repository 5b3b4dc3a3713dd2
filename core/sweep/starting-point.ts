import type { Schedule } from './spec.js';

/** Weights of the baseline: the initial ones, or those after an epoch. */
export type StartingPoint = 'start' | { readonly epoch: number };

/** The epoch after which the baseline had these weights; 0 is its start. */
export function epochOf(point: StartingPoint): number {
  return point === 'start' ? 0 : point.epoch;
}

/** The earlier weights of the baseline that a schedule goes back to; null where it needs none. */
export function startingPointOf(schedule: Schedule): StartingPoint | null {
  if (schedule === 'oneShot') return null;
  if ('oneShot' in schedule) return schedule.oneShot.from;
  if ('rigL' in schedule) return schedule.rigL.from ?? null;
  if (!('iterative' in schedule)) return null;
  const { rewind } = schedule.iterative;
  return rewind === 'start' || typeof rewind === 'object' ? rewind : null;
}

/** `the start`, `epoch 2`. */
export function describePoint(point: StartingPoint): string {
  return point === 'start' ? 'the start' : `epoch ${point.epoch}`;
}
