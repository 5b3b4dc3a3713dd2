/** Weights of the baseline: the initial ones, or those after an epoch. */
export type StartingPoint = 'start' | { readonly epoch: number };

/** The epoch after which the baseline had these weights; 0 is its start. */
export function epochOf(point: StartingPoint): number {
  return point === 'start' ? 0 : point.epoch;
}

/** `the start`, `epoch 2`. */
export function describePoint(point: StartingPoint): string {
  return point === 'start' ? 'the start' : `epoch ${point.epoch}`;
}
