import { describeTopology, modelParameters } from './described-topology.js';
import { features } from './layers/description.js';
import type { NamedTensor } from './named-tensor.js';
import { type Removal, spreadRemoval } from './removal.js';
import { complement, removedIndices, take } from './slices.js';
import type { LayerNode, Topology } from './topology.js';

export type { Removal } from './removal.js';

/** What a removal does to a model, worked out before anything is cut. */
export interface RemovalPlan {
  /** The smaller model. */
  readonly topology: Topology;
  /** By weight: for each axis the indices that stay, or null where all do. */
  readonly kept: ReadonlyMap<string, readonly (readonly number[] | null)[]>;
  /** For each layer that loses units, those it keeps. */
  readonly keptUnits: Readonly<Record<string, readonly number[]>>;
}

/**
 * Plans the physical removal of units: every coupled layer, batch norm, flatten and consumer follows (DepGraph, Fang et al. 2023).
 * @throws PrunefrontError `PRUNEFRONT_NOT_REMOVABLE`, `PRUNEFRONT_IMPOSSIBLE_SHAPE`
 */
export function planRemoval(topology: Topology, remove: Removal): RemovalPlan {
  const descriptions = describeTopology(topology);
  const { input, output, units } = spreadRemoval(topology, remove);
  const kept = new Map<string, (readonly number[] | null)[]>();
  for (const { fullName, node, shape, axes } of modelParameters(topology)) {
    const before = input[node] ?? new Set<number>();
    const own = units[node] ?? new Set<number>();
    const removedAlong = axes.map((axis, i) => removedIndices(axis, before, own, shape[i] ?? 1));
    kept.set(
      fullName,
      removedAlong.map((removed, i) => (removed.length === 0 ? null : complement(removed, shape[i] ?? 1))),
    );
  }
  const keptUnits: Record<string, number[]> = {};
  const nodes = topology.nodes.map((node, i): LayerNode => {
    const { flow, resized, output: shape } = descriptions[i] ?? {};
    const removed = output[i]?.size ?? 0;
    if (shape === undefined || resized === undefined || removed === 0) return node;
    if (flow?.kind !== 'produces') return { ...node, config: resized(features(shape) - removed) };
    const kept = complement(units[i] ?? [], flow.units);
    keptUnits[node.name] = kept;
    return { ...node, config: resized(kept.length) };
  });
  return { topology: { ...topology, nodes }, kept, keptUnits };
}

/** A weight, or anything of its shape such as an optimizer slot or a mask, with the planned slices cut out. */
export function applyRemoval<Values extends Float32Array | Uint8Array>(
  plan: RemovalPlan,
  tensor: NamedTensor<Values>,
): NamedTensor<Values> {
  const kept = plan.kept.get(tensor.name);
  if (kept === undefined || kept.every((indices) => indices === null)) return tensor;
  return kept.reduce((cut, indices, axis) => (indices === null ? cut : take(cut, { axis, indices })), tensor);
}
