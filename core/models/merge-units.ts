import { describeTopology, modelParameters } from './described-topology.js';
import { type NamedTensor, sizeOf } from './named-tensor.js';
import { spreadRemoval } from './removal.js';
import type { Topology } from './topology.js';

/**
 * The weights with the part of units that are about to go handed to others: what a consumer multiplies a removed unit's output with is added to
 * what it multiplies the other one's with. Where both units give the same, the model's outputs stay what they are.
 * @param merged - by layer: the unit that takes over, by the unit that goes
 */
export function mergeUnits(
  topology: Topology,
  weights: readonly NamedTensor[],
  merged: Readonly<Record<string, ReadonlyMap<number, number>>>,
): NamedTensor[] {
  const values = new Map(weights.map((weight) => [weight.name, weight.values.slice()]));
  for (const [layer, pairs] of Object.entries(merged)) {
    for (const [goes, stays] of pairs) {
      const from = spreadRemoval(topology, { [layer]: [goes] }).input;
      const to = spreadRemoval(topology, { [layer]: [stays] }).input;
      for (const { fullName, node, shape, axes } of consumers(topology)) {
        const own = values.get(fullName);
        const axis = axes.findIndex(({ role }) => role === 'in');
        const [sources, targets] = [sorted(from[node]), sorted(to[node])];
        if (own === undefined) continue;
        for (const [i, source] of sources.entries()) moveSlice(own, shape, axis, source, targets[i] ?? source);
      }
    }
  }
  return weights.map((weight) => ({ ...weight, values: values.get(weight.name) ?? weight.values }));
}

/** Weights that features flow into and are summed over; of separable convolutions none, which filter each feature by itself first. */
function consumers(topology: Topology): ReturnType<typeof modelParameters> {
  const descriptions = describeTopology(topology);
  return modelParameters(topology).filter(
    ({ node, name, axes }) =>
      descriptions[node]?.flow.kind === 'produces' &&
      name !== 'depthwise_kernel' &&
      axes.some(({ role }) => role === 'in'),
  );
}

function sorted(set: ReadonlySet<number> | undefined): number[] {
  return [...(set ?? [])].sort((a, b) => a - b);
}

/** Moves the slice at `from` along an axis onto that at `to`, in place. */
function moveSlice(values: Float32Array, shape: readonly number[], axis: number, from: number, to: number): void {
  const inner = sizeOf(shape.slice(axis + 1));
  const stride = (shape[axis] ?? 1) * inner;
  for (let start = 0; start < values.length; start += stride) {
    for (let i = 0; i < inner; i++) {
      const [source, target] = [start + from * inner + i, start + to * inner + i];
      values[target] = (values[target] ?? 0) + (values[source] ?? 0);
      values[source] = 0;
    }
  }
}
