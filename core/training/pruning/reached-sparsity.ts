import { bytesSparse } from '../../evaluation/bytes.js';
import { costsOf, nonzeroMacs } from '../../models/costs.js';
import { classesOf, memberNames } from '../../models/groups.js';
import type { Topology } from '../../models/topology.js';
import { countOf, granularityOf } from '../../pruning/method.js';
import { shapeCost } from '../../pruning/model-costs.js';
import { maskedKernels, remainingGroups } from '../../pruning/pruned-layers.js';
import { isCompared, ruleOf } from '../../pruning/selection/index.js';
import type { Method } from '../../sweep/spec.js';
import type { ModelState } from '../stage-state.js';

/** Fraction of the baseline that a method has pruned, in what it counts; of weights and units, of those that its scope compares. */
export function reachedSparsity(method: Method, state: ModelState, baseline: Topology): number {
  const granularity = granularityOf(method);
  const count = countOf(method);
  const rules = method.layers ?? [];
  if (count === 'units') {
    if (granularity.kind !== 'units') return 0;
    const groups = remainingGroups(state, baseline, granularity).filter((group) =>
      isCompared(ruleOf(memberNames(group), rules)),
    );
    const kept = groups.reduce((sum, { members }) => sum + new Set(members.flatMap(classesOf)).size, 0);
    return fraction(
      kept,
      groups.reduce((sum, { classes }) => sum + classes, 0),
    );
  }
  if (granularity.kind !== 'mask') return fraction(shapeCost(state.topology, count), shapeCost(baseline, count));
  const kept = keptWeights(state);
  switch (count) {
    case 'weights': {
      const compared = maskedKernels(state.topology, granularity).filter(({ layer }) =>
        isCompared(ruleOf(layer, rules)),
      );
      const names = new Set(compared.map(({ weight }) => weight));
      const masks = [...state.masks].filter(([name]) => names.has(name));
      return fraction(
        masks.reduce((sum, [name]) => sum + (kept.get(name) ?? 0), 0),
        masks.reduce((sum, [, mask]) => sum + mask.length, 0),
      );
    }
    case 'parameters':
      return fraction(
        [...kept.values()].reduce((sum, own) => sum + own, 0),
        costsOf(baseline).parameters,
      );
    case 'macs':
      return fraction(nonzeroMacs(state.topology, kept), costsOf(baseline).macs);
    case 'bytes':
      return fraction(bytesSparse(state.weights), shapeCost(baseline, 'bytes'));
  }
}

/** Of each weight how many entries its mask leaves. */
function keptWeights({ weights, masks }: ModelState): ReadonlyMap<string, number> {
  return new Map(
    weights.map(({ name, values }) => [name, masks.get(name)?.reduce((sum, own) => sum + own, 0) ?? values.length]),
  );
}

function fraction(now: number, before: number): number {
  return before === 0 ? 0 : 1 - now / before;
}
