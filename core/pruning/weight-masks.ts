import { magnitude } from './criteria/magnitude.js';
import { keepLargest } from './keep-largest.js';
import { keptCount } from './kept-count.js';

/** The weights of a layer that is pruned. */
export interface PrunableWeights {
  readonly name: string;
  readonly values: Float32Array;
}

/** 0/1 for each weight, by name. */
export interface WeightMasks {
  readonly masks: ReadonlyMap<string, Uint8Array>;
  /** Layers that global pruning would have emptied beyond their floor. */
  readonly floorHit: ReadonlySet<string>;
}

/** Part of a layer's weights that global pruning leaves in any case, so that the network stays connected. */
const FLOOR = 0.005;

/** Mask of one tensor by magnitude: keeps max(round(size · (1 − s)), 1) of the largest |w| (tfmot `pruning_impl`). */
export function magnitudeMask(weights: Float32Array, sparsity: number): Uint8Array {
  return keepLargest(magnitude(weights), keptCount(weights.length, sparsity));
}

/**
 * Masks by magnitude: each layer to the same sparsity, or all weights compared with each other (Han et al. 2015).
 * @param sparsity - fraction of the weights to be zero, 0 to 1
 */
export function weightMasks(
  layers: readonly PrunableWeights[],
  sparsity: number,
  scope: 'global' | 'layer',
): WeightMasks {
  if (scope === 'layer') {
    return {
      masks: new Map(layers.map(({ name, values }) => [name, magnitudeMask(values, sparsity)])),
      floorHit: new Set(),
    };
  }
  const sizes = layers.map(({ values }) => values.length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const kept = keptCount(total, sparsity);
  const scores = new Float32Array(total);
  let offset = 0;
  for (const { values } of layers) {
    scores.set(magnitude(values), offset);
    offset += values.length;
  }
  const first = keepLargest(scores, kept);
  const floorHit = liftToFloors(layers, scores, kept, first);
  const mask = floorHit.size === 0 ? first : keepLargest(scores, kept);
  offset = 0;
  const masks = new Map<string, Uint8Array>();
  for (const { name, values } of layers) {
    masks.set(name, mask.slice(offset, offset + values.length));
    offset += values.length;
  }
  return { masks, floorHit };
}

/** Raises the largest scores of layers that would fall below their floor, so that they survive the global comparison. */
function liftToFloors(
  layers: readonly PrunableWeights[],
  scores: Float32Array,
  kept: number,
  mask: Uint8Array,
): Set<string> {
  const hit = new Set<string>();
  let offset = 0;
  for (const { name, values } of layers) {
    const size = values.length;
    const floor = Math.min(size, Math.max(1, Math.ceil(size * FLOOR)));
    const own = mask.subarray(offset, offset + size);
    const survivors = own.reduce((sum, kept) => sum + kept, 0);
    if (survivors < floor && layers.length <= kept) {
      hit.add(name);
      keepLargest(scores.slice(offset, offset + size), floor).forEach((keep, i) => {
        if (keep === 1) scores[offset + i] = Number.POSITIVE_INFINITY;
      });
    }
    offset += size;
  }
  return hit;
}
