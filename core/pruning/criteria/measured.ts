import { PrunefrontError } from '../../errors.js';
import type { ScoredKernel } from './criterion.js';

/**
 * What was measured of a weight or layer.
 * @throws PrunefrontError `PRUNEFRONT_SPEC_CONFLICT` where nothing was: the layer is frozen, or the model lacks it
 */
export function measuredOf<Value>(values: ReadonlyMap<string, Value>, name: string): Value {
  const own = values.get(name);
  if (own !== undefined) return own;
  throw new PrunefrontError('PRUNEFRONT_SPEC_CONFLICT', 'Nothing that the criterion looks at is measured of this', {
    place: name,
    found: 'a weight that training leaves as it is, or a layer without an output of its own',
    allowed: 'layers that train, or a criterion that looks at weights alone: magnitude, l2, lamp',
  });
}

/** Each weight of a kernel times what was measured of it, in float64. */
export function weighted({ weight, values }: ScoredKernel, by: ReadonlyMap<string, Float32Array>): Float64Array {
  const own = measuredOf(by, weight);
  return new Float64Array(values).map((value, i) => value * (own[i] ?? 0));
}
