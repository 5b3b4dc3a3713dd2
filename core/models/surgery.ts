import { PrunefrontError } from '../errors.js';
import { describeTopology, modelParameters } from './described-topology.js';
import { features } from './layers/description.js';
import { type Axis, activate, KEEP_ZERO } from './layers/index.js';
import { type NamedTensor, sizeOf } from './named-tensor.js';
import { type Removal, spreadRemoval } from './removal.js';
import type { LayerNode, Topology } from './topology.js';

export type { Removal } from './removal.js';

/** What a removal does to a model, worked out before anything is cut. */
export interface RemovalPlan {
  /** The smaller model. */
  readonly topology: Topology;
  /** By weight: for each axis the indices that stay, or null where all do. */
  readonly kept: ReadonlyMap<string, readonly (readonly number[] | null)[]>;
  /** By weight: what of it belongs to removed units; zeroing it masks them in the full-size model. */
  readonly masked: ReadonlyMap<string, readonly { readonly axis: number; readonly indices: readonly number[] }[]>;
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
  const masked = new Map<string, { axis: number; indices: number[] }[]>();
  for (const { fullName, node, shape, axes } of modelParameters(topology)) {
    const before = input[node] ?? new Set<number>();
    const own = units[node] ?? new Set<number>();
    const removedAlong = axes.map((axis, i) => removedIndices(axis, before, own, shape[i] ?? 1));
    kept.set(
      fullName,
      removedAlong.map((removed, i) => (removed.length === 0 ? null : complement(removed, shape[i] ?? 1))),
    );
    const slices = removedAlong.flatMap((indices, axis) =>
      indices.length > 0 && axes[axis]?.role !== 'in' ? [{ axis, indices }] : [],
    );
    masked.set(fullName, slices);
  }
  const keptUnits: Record<string, number[]> = {};
  const nodes = topology.nodes.map((node, i): LayerNode => {
    const { flow, resized, output: shape } = descriptions[i] ?? {};
    const removed = output[i]?.size ?? 0;
    if (shape === undefined || resized === undefined || removed === 0) return node;
    if (flow?.kind !== 'produces') return { ...node, config: resized(features(shape) - removed) };
    const kept = complement([...(units[i] ?? [])], flow.units);
    keptUnits[node.name] = kept;
    return { ...node, config: resized(kept.length) };
  });
  return { topology: { ...topology, nodes }, kept, masked, keptUnits };
}

/** A weight, or anything of its shape such as an optimizer slot or a mask, with the planned slices cut out. */
export function applyRemoval<Values extends Float32Array | Uint8Array>(
  plan: RemovalPlan,
  tensor: NamedTensor<Values>,
): NamedTensor<Values> {
  const kept = plan.kept.get(tensor.name);
  if (kept === undefined || kept.every((indices) => indices === null)) return tensor;
  return kept.reduce((cut, indices, axis) => (indices === null ? cut : take(cut, axis, indices)), tensor);
}

/**
 * The weights with all that belongs to removed units set to zero: what the smaller model must equal.
 * @throws PrunefrontError `PRUNEFRONT_NOT_REMOVABLE` where a removed unit passes an activation that does not keep zero
 */
export function maskRemoved(plan: RemovalPlan, weights: readonly NamedTensor[]): NamedTensor[] {
  return weights.map((tensor) => {
    const values = tensor.values.slice();
    for (const { axis, indices } of plan.masked.get(tensor.name) ?? []) zeroAlong(values, tensor.shape, axis, indices);
    return { ...tensor, values };
  });
}

/**
 * Refuses a removal that masking cannot equal, because a removed unit passes an activation with f(0) ≠ 0.
 * @throws PrunefrontError `PRUNEFRONT_NOT_REMOVABLE`
 */
export function requireExactRemoval(topology: Topology, remove: Removal): void {
  const { output } = spreadRemoval(topology, remove);
  describeTopology(topology).forEach(({ activation }, i) => {
    if (activation === null || activate(activation, 0) === 0 || (output[i]?.size ?? 0) === 0) return;
    const place = topology.nodes[i]?.name ?? '';
    throw new PrunefrontError(
      'PRUNEFRONT_NOT_REMOVABLE',
      `Removed units pass ${activation} in layer ${place}, which does not keep zero`,
      {
        place,
        found: activation,
        allowed: KEEP_ZERO.join(', '),
      },
    );
  });
}

/** The physically smaller model in one step. */
export function removeUnits(
  topology: Topology,
  weights: readonly NamedTensor[],
  remove: Removal,
): {
  readonly topology: Topology;
  readonly weights: readonly NamedTensor[];
  readonly keptUnits: RemovalPlan['keptUnits'];
} {
  const plan = planRemoval(topology, remove);
  return {
    topology: plan.topology,
    weights: weights.map((tensor) => applyRemoval(plan, tensor)),
    keptUnits: plan.keptUnits,
  };
}

function removedIndices(axis: Axis, before: ReadonlySet<number>, own: ReadonlySet<number>, size: number): number[] {
  switch (axis.role) {
    case 'fixed':
      return [];
    case 'in':
    case 'feature':
      return [...before];
    case 'out':
      return [...own];
    case 'gates': {
      const units = size / axis.count;
      return Array.from({ length: axis.count }, (_, gate) => [...own].map((unit) => gate * units + unit)).flat();
    }
    case 'multiplied':
      return [...before].flatMap((feature) => Array.from({ length: axis.by }, (_, j) => feature * axis.by + j));
  }
}

function complement(removed: readonly number[], size: number): number[] {
  const gone = new Set(removed);
  return Array.from({ length: size }, (_, i) => i).filter((i) => !gone.has(i));
}

/** The slices at `indices` along `axis`. */
function take<Values extends Float32Array | Uint8Array>(
  tensor: NamedTensor<Values>,
  axis: number,
  indices: readonly number[],
): NamedTensor<Values> {
  const { name, shape, values } = tensor;
  const inner = sizeOf(shape.slice(axis + 1));
  const size = shape[axis] ?? 1;
  const outer = values.length / (size * inner);
  const cut = new (values.constructor as new (length: number) => Values)(outer * indices.length * inner);
  for (let o = 0; o < outer; o++) {
    indices.forEach((index, i) => {
      const from = (o * size + index) * inner;
      cut.set(values.subarray(from, from + inner), (o * indices.length + i) * inner);
    });
  }
  return { name, shape: shape.map((length, i) => (i === axis ? indices.length : length)), values: cut };
}

/** Sets the slices at `indices` along `axis` to zero, in place. */
function zeroAlong(values: Float32Array, shape: readonly number[], axis: number, indices: readonly number[]): void {
  const inner = sizeOf(shape.slice(axis + 1));
  const stride = (shape[axis] ?? 1) * inner;
  for (let start = 0; start < values.length; start += stride) {
    for (const index of indices) values.fill(0, start + index * inner, start + (index + 1) * inner);
  }
}
