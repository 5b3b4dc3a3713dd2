/** A point of the plot. */
export interface PlotPoint {
  id: string;
  x: number;
  y: number;
}

/** Which direction of a metric is the better one. */
export type Better = 'more' | 'less' | null;

/** The points that no other one beats on both axes, from left to right. */
export function twoAxisFront(points: readonly PlotPoint[], betterX: Better, betterY: Better): PlotPoint[];

/** The corners of the stairs that bound what the front reaches. */
export function stairs(front: readonly PlotPoint[], betterX: Better): [number, number][];

/** The span of some numbers with a margin on both sides. */
export function paddedRange(values: readonly number[], log: boolean): [number, number];
