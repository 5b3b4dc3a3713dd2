import { bytesSparse } from '../../evaluation/bytes.js';
import { costsOf, nonzeroMacs } from '../../models/costs.js';
import type { Topology } from '../../models/topology.js';
import { countOf, granularityOf } from '../../pruning/method.js';
import { shapeCost } from '../../pruning/model-costs.js';
import { removedGroups } from '../../pruning/pruned-layers.js';
import type { Method } from '../../sweep/spec.js';
import type { ModelState } from '../stage-state.js';

/** Fraction of the baseline that a method has pruned, in what it counts. */
export function reachedSparsity(method: Method, state: ModelState, baseline: Topology): number {
  const granularity = granularityOf(method);
  const count = countOf(method);
  if (count === 'units') {
    if (granularity.kind !== 'units') return 0;
    const classes = (topology: Topology): number =>
      removedGroups(topology, granularity).reduce((sum, group) => sum + group.classes, 0);
    return fraction(classes(state.topology), classes(baseline));
  }
  if (granularity.kind !== 'mask') return fraction(shapeCost(state.topology, count), shapeCost(baseline, count));
  switch (count) {
    case 'weights': {
      const masks = [...state.masks.values()];
      const kept = masks.reduce((sum, mask) => sum + nonzeros(mask), 0);
      return fraction(
        kept,
        masks.reduce((sum, mask) => sum + mask.length, 0),
      );
    }
    case 'parameters':
      return fraction(
        state.weights.reduce(
          (sum, { name, values }) => sum + nonzeros(state.masks.get(name) ?? values.map(() => 1)),
          0,
        ),
        costsOf(baseline).parameters,
      );
    case 'macs': {
      const kept = new Map(
        state.weights.map(({ name, values }) => [name, nonzeros(state.masks.get(name) ?? values.map(() => 1))]),
      );
      return fraction(nonzeroMacs(state.topology, kept), costsOf(baseline).macs);
    }
    case 'bytes':
      return fraction(bytesSparse(state.weights), shapeCost(baseline, 'bytes'));
  }
}

function fraction(now: number, before: number): number {
  return before === 0 ? 0 : 1 - now / before;
}

function nonzeros(values: Float32Array | Uint8Array): number {
  let count = 0;
  for (const value of values) if (value !== 0) count++;
  return count;
}
