import type { Observation } from '../../core/sweep/observation.js';
import type { MethodId } from './methods.js';
import type { Impossibility, Outcome } from './outcomes.js';
import type { StudiedModel, StudiedRun } from './study.js';

/** What the seeds gave at one sparsity, seed by seed. */
export interface Point {
  /** On the test split. */
  readonly accuracies: readonly number[];
  readonly observations: readonly Observation[];
}

/** The study as far as it is finished. */
export interface Results {
  /** Those of which every run is finished; only these count. */
  readonly seeds: readonly number[];
  /** A method at a sparsity, or the dense model at 0; null where that is impossible, or nothing is finished. */
  point(model: StudiedModel, method: MethodId | 'dense', sparsity: number): Point | null;
  /** Why seeds have no model there, each reason once. */
  impossibilities(model: StudiedModel, method: MethodId | 'dense', sparsity: number): readonly Impossibility[];
}

/** Gathers what is finished of all runs. */
export function resultsOf(runs: readonly StudiedRun[], outcomes: ReadonlyMap<StudiedRun, Outcome>): Results {
  const seeds = [...new Set(runs.map(({ seed }) => seed))].filter((seed) =>
    runs.every((run) => run.seed !== seed || outcomes.has(run)),
  );
  const gathered = new Map<string, Outcome[]>();
  for (const run of runs) {
    const outcome = outcomes.get(run);
    if (!seeds.includes(run.seed) || outcome === undefined) continue;
    const name = nameOf(run.model, run.method?.id ?? 'dense', run.sparsity);
    gathered.set(name, [...(gathered.get(name) ?? []), outcome]);
  }
  const of = (model: StudiedModel, method: string, sparsity: number): readonly Outcome[] =>
    gathered.get(nameOf(model, method, sparsity)) ?? [];
  return {
    seeds,
    point(model, method, sparsity) {
      const observations = of(model, method, sparsity).flatMap((outcome) =>
        outcome.kind === 'measured' ? [outcome.observation] : [],
      );
      // With one seed less, means could not be compared.
      if (observations.length < Math.max(1, seeds.length)) return null;
      return { observations, accuracies: observations.map(({ test }) => test?.accuracy ?? Number.NaN) };
    },
    impossibilities(model, method, sparsity) {
      const reasons = of(model, method, sparsity).flatMap((outcome) =>
        outcome.kind === 'impossible' ? [outcome.why] : [],
      );
      return [...new Set(reasons)];
    },
  };
}

function nameOf({ id }: StudiedModel, method: string, sparsity: number): string {
  return `${id} ${method} ${sparsity}`;
}

/** The arithmetic mean. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The standard deviation of a sample; 0 of a single value. */
export function deviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}
