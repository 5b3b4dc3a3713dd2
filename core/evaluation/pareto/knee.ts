type Point = readonly number[];

/** How much a point of the front is its knee. */
export interface KneeScore {
  /** Signed distance from the line between the extremes, positive towards the ideal; with other than two objectives, minus the distance to the ideal. */
  readonly distance: number;
  /** Distance to the ideal point. */
  readonly toIdeal: number;
}

/**
 * Scores every point of a front as its knee, on axes normalised to the front's own range, all minimised.
 * - Two objectives: the distance from the line between the two extremes (Das 1999, "On characterizing the 'knee' of the
 *   Pareto curve").
 * - Otherwise, or where there is nothing between the extremes: nearness to the ideal point, the best of each objective
 *   (Zeleny 1973, "Compromise programming").
 */
export function kneeScores(front: readonly Point[]): { readonly by: 'line' | 'ideal'; readonly values: KneeScore[] } {
  const points = normalised(front);
  const toIdeal = points.map((point) => Math.hypot(...point));
  const ordered = [...points].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0));
  const [left, right] = [ordered[0] ?? [], ordered.at(-1) ?? []];
  const [dx, dy] = [(right[0] ?? 0) - (left[0] ?? 0), (right[1] ?? 0) - (left[1] ?? 0)];
  const length = Math.hypot(dx, dy);
  if (front[0]?.length !== 2 || front.length < 3 || length === 0) {
    return { by: 'ideal', values: toIdeal.map((near) => ({ distance: -near, toIdeal: near })) };
  }
  const values = points.map(([x = 0, y = 0], index) => ({
    distance: (dy * (x - (left[0] ?? 0)) - dx * (y - (left[1] ?? 0))) / length,
    toIdeal: toIdeal[index] ?? 0,
  }));
  return { by: 'line', values };
}

/** Each axis from 0 (best of the front) to 1 (worst); an axis without range is 0. */
function normalised(front: readonly Point[]): number[][] {
  const axes = front[0]?.map((_, axis) => {
    const values = front.map((point) => point[axis] ?? 0);
    const low = Math.min(...values);
    return { low, range: Math.max(...values) - low };
  });
  return front.map((point) =>
    point.map((value, axis) => {
      const { low = 0, range = 0 } = axes?.[axis] ?? {};
      return range === 0 ? 0 : (value - low) / range;
    }),
  );
}
