import type { MethodId, MethodKind, StudiedMethod } from './methods.js';
import { mean, type Point, type Results } from './results.js';
import type { StudiedModel } from './study.js';

/** One method held against another one at one sparsity. */
export interface Comparison {
  readonly sparsity: number;
  /** Mean over the seeds of how far the method that should be ahead is ahead, in accuracy. */
  readonly difference: number;
  /** Whether the mean is above zero. */
  readonly holds: boolean;
  /** Whether every seed by itself says the same as the mean. */
  readonly isUnanimous: boolean;
  /** What it was held against, where that is another one at each sparsity. */
  readonly against?: string;
}

/** What is expected of a network, and how it went at each sparsity. */
export interface Expectation {
  readonly model: StudiedModel;
  /** `LAMP over magnitude, global`. */
  readonly what: string;
  readonly comparisons: readonly Comparison[];
}

/** A layer that global pruning would have emptied, at the floor that every layer has. */
export interface CollapsedLayer {
  readonly layer: string;
  /** Mean of the part of its weights that are left. */
  readonly left: number;
}

/** Where something is high sparsity. */
export const HIGH = 0.95;

/** Global magnitude over magnitude of each layer, from 95 % on. */
export function globalOverLayer(results: Results, models: readonly StudiedModel[]): Expectation[] {
  return models.map((model) => expectation(results, model, 'global', 'layer', (sparsity) => sparsity >= HIGH));
}

/** Rounds over one shot, after more than one round. */
export function iterativeOverOneShot(results: Results, models: readonly StudiedModel[]): Expectation[] {
  return models.flatMap((model) => {
    const isLater = (sparsity: number): boolean => sparsity > (model.sparsities[0] ?? 0);
    return (['iterative', 'rewound'] as const).map((id) => expectation(results, model, id, 'global', isLater));
  });
}

/** LAMP and SynFlow over global magnitude, where that collapses a layer. */
export function robustOverCollapsed(results: Results, models: readonly StudiedModel[]): Expectation[] {
  return models.flatMap((model) => {
    const isCollapsed = (sparsity: number): boolean => collapsedLayers(results, model, 'global', sparsity).length > 0;
    return (['lamp', 'synflow'] as const).map((id) => expectation(results, model, id, 'global', isCollapsed));
  });
}

/** What is worst of all others over random pruning, for weights and for units. */
export function allOverRandom(results: Results, models: readonly StudiedModel[]): Expectation[] {
  return models.flatMap((model) =>
    (['weights', 'units'] as const).map((kind) => ({
      model,
      what: `every other method over ${kind === 'weights' ? 'random weights' : 'random units'}`,
      comparisons: model.sparsities.flatMap((sparsity) => {
        const random = results.point(model, RANDOM[kind], sparsity);
        const worst = worstOf(results, model, kind, sparsity);
        if (random === null || worst === null) return [];
        return [{ ...compared(sparsity, worst.point, random), against: worst.method.title }];
      }),
    })),
  );
}

/** The layers that a method keeps from being emptied only because of their floor, in any seed. */
export function collapsedLayers(
  results: Results,
  model: StudiedModel,
  method: MethodId,
  sparsity: number,
): CollapsedLayer[] {
  const all = results.point(model, method, sparsity)?.observations.flatMap(({ layers }) => layers) ?? [];
  const names = new Set(all.flatMap(({ layer, floorHit }) => (floorHit ? [layer] : [])));
  return [...names].map((name) => {
    const own = all.filter(({ layer }) => layer === name);
    return { layer: name, left: mean(own.map(({ nonzero, parameters }) => nonzero / parameters)) };
  });
}

const RANDOM = { weights: 'random', units: 'randomUnits' } as const;

/** The method of lowest mean beside the controls. */
function worstOf(
  results: Results,
  model: StudiedModel,
  kind: MethodKind,
  sparsity: number,
): { readonly method: StudiedMethod; readonly point: Point } | null {
  const points = model.methods.flatMap((method) => {
    if (method.kind !== kind || method.id === RANDOM[kind] || method.id === 'scratch') return [];
    const point = results.point(model, method.id, sparsity);
    return point === null ? [] : [{ method, point }];
  });
  const [worst] = points.sort((a, b) => mean(a.point.accuracies) - mean(b.point.accuracies));
  return worst ?? null;
}

function expectation(
  results: Results,
  model: StudiedModel,
  ahead: MethodId,
  behind: MethodId,
  isMeant: (sparsity: number) => boolean,
): Expectation {
  const title = (id: MethodId): string => model.methods.find((method) => method.id === id)?.title ?? id;
  return {
    model,
    what: `${title(ahead)} over ${title(behind)}`,
    comparisons: model.sparsities.filter(isMeant).flatMap((sparsity) => {
      const [a, b] = [results.point(model, ahead, sparsity), results.point(model, behind, sparsity)];
      return a === null || b === null ? [] : [compared(sparsity, a, b)];
    }),
  };
}

/** Seed by seed, as each has its own dense model. */
function compared(sparsity: number, ahead: Point, behind: Point): Comparison {
  const each = ahead.accuracies.map((accuracy, i) => accuracy - (behind.accuracies[i] ?? Number.NaN));
  const difference = mean(each);
  const holds = difference > 0;
  return { sparsity, difference, holds, isUnanimous: each.every((own) => own > 0 === holds) };
}
