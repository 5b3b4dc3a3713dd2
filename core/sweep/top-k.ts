/** How many of the likeliest classes the metrics of that name look at: `top2` to `top10`. Every classification has top5, the others where its spec names them. */
export const TOP_K = [2, 3, 5, 10] as const;

/** Name of the metric that looks at the k likeliest classes. */
export function topKName(k: number): string {
  return `top${k}`;
}

/** How many of the likeliest classes a metric looks at; null where it is no top-k. */
export function likeliestOf(metric: string): number | null {
  return TOP_K.find((k) => topKName(k) === metric) ?? null;
}
