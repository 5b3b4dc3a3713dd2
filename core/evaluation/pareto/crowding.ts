/**
 * Crowding distance of each point (Deb et al. 2002) with the meaning of pymoo's `calc_crowding_distance`: on each axis the gap
 * between a point's two neighbours over the axis' range, then the mean over the axes. The two ends of an axis are infinitely
 * far; an axis on which all points are equal adds nothing; two points or fewer are infinitely far from any crowd.
 */
export function crowdingDistances(points: readonly (readonly number[])[]): number[] {
  if (points.length <= 2) return points.map(() => Number.POSITIVE_INFINITY);
  const axes = points[0]?.length ?? 0;
  const sums = points.map(() => 0);
  for (let axis = 0; axis < axes; axis += 1) {
    const at = (index: number | undefined): number => points[index ?? -1]?.[axis] ?? Number.NaN;
    const order = points.map((_, index) => index).sort((a, b) => at(a) - at(b));
    const range = at(order.at(-1)) - at(order[0]);
    if (range === 0) continue;
    for (const [place, index] of order.entries()) {
      const isEnd = place === 0 || place === order.length - 1;
      const gap = isEnd ? Number.POSITIVE_INFINITY : (at(order[place + 1]) - at(order[place - 1])) / range;
      sums[index] = (sums[index] ?? 0) + gap;
    }
  }
  return sums.map((sum) => sum / axes);
}
