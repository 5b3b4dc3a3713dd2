import { keepLargest } from './keep-largest.js';
import { keptCount } from './kept-count.js';

/** A layer whose units are scored. It may have lost units before. */
export interface ScoredUnits {
  readonly layer: string;
  readonly scores: Float32Array;
  /** Units that the baseline had. */
  readonly baselineUnits: number;
}

/** Which units go, by layer. */
export interface UnitRemoval {
  readonly remove: Readonly<Record<string, readonly number[]>>;
  /** Layers that kept a unit only because a layer must have one. */
  readonly floorHit: ReadonlySet<string>;
}

/**
 * Units with the lowest scores, so that `sparsity` of the baseline's are gone: of each layer, or of all layers compared with each other.
 * Scores of the global scope are divided by their layer's mean, because norms of layers of different sizes do not compare.
 */
export function unitsToRemove(
  layers: readonly ScoredUnits[],
  sparsity: number,
  scope: 'global' | 'layer',
): UnitRemoval {
  if (scope === 'layer') {
    const entries = layers.map(
      ({ layer, scores, baselineUnits }) => [layer, dropped(scores, keptCount(baselineUnits, sparsity))] as const,
    );
    return { remove: Object.fromEntries(entries), floorHit: new Set() };
  }
  const floorHit = new Set<string>();
  const all = layers.flatMap(({ scores }) => {
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length || 1;
    const normalised = [...scores].map((score) => score / mean);
    // The best unit of each layer always stays.
    normalised[normalised.indexOf(Math.max(...normalised))] = Number.POSITIVE_INFINITY;
    return normalised;
  });
  const total = layers.reduce((sum, { baselineUnits }) => sum + baselineUnits, 0);
  const mask = keepLargest(Float32Array.from(all), Math.max(layers.length, keptCount(total, sparsity)));
  let offset = 0;
  const remove: Record<string, number[]> = {};
  for (const { layer, scores } of layers) {
    const own = mask.subarray(offset, offset + scores.length);
    remove[layer] = zeros(own);
    if (remove[layer].length === scores.length - 1 && scores.length > 1) floorHit.add(layer);
    offset += scores.length;
  }
  return { remove, floorHit };
}

function dropped(scores: Float32Array, keep: number): number[] {
  return keep >= scores.length ? [] : zeros(keepLargest(scores, keep));
}

function zeros(mask: Uint8Array): number[] {
  return [...mask].flatMap((keep, i) => (keep === 0 ? [i] : []));
}
