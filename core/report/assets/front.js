// @ts-check
// The front of two metrics, for the plot.

/** @typedef {{ id: string, x: number, y: number }} PlotPoint */
/** @typedef {'more' | 'less' | null} Better */

/**
 * The points that no other one beats on both axes, from left to right. An axis of which neither direction is better counts as less.
 * @param {readonly PlotPoint[]} points
 * @param {Better} betterX
 * @param {Better} betterY
 * @returns {PlotPoint[]}
 */
export function twoAxisFront(points, betterX, betterY) {
  const signX = betterX === 'more' ? -1 : 1;
  const signY = betterY === 'more' ? -1 : 1;
  const sorted = [...points].sort((a, b) => signX * (a.x - b.x) || signY * (a.y - b.y));
  /** @type {PlotPoint[]} */
  const front = [];
  let best = Infinity;
  for (const point of sorted) {
    if (signY * point.y >= best) continue;
    best = signY * point.y;
    front.push(point);
  }
  return signX === 1 ? front : front.reverse();
}

/**
 * The corners of the stairs that bound what the front reaches.
 * @param {readonly PlotPoint[]} front from left to right
 * @param {Better} betterX
 * @returns {[number, number][]}
 */
export function stairs(front, betterX) {
  return front.flatMap((point, i) => {
    const before = front[i - 1];
    if (before === undefined) return [[point.x, point.y]];
    return betterX === 'more'
      ? [
          [before.x, point.y],
          [point.x, point.y],
        ]
      : [
          [point.x, before.y],
          [point.x, point.y],
        ];
  });
}

/**
 * The span of some numbers with a margin on both sides.
 * @param {readonly number[]} values at least one
 * @param {boolean} log whether the margin is a factor
 * @returns {[number, number]}
 */
export function paddedRange(values, log) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (log) return [low / (high / low) ** 0.08 / 1.02, high * (high / low) ** 0.08 * 1.02];
  // Values that differ only in their last digits would leave no room.
  const margin = (Math.max(high - low, Math.abs(high) * 1e-6) || 1) * 0.08;
  return [low - margin, high + margin];
}
