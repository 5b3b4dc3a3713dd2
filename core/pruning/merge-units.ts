import { modelParameters } from '../models/described-topology.js';
import { type NamedTensor, sizeOf } from '../models/named-tensor.js';
import { spreadRemoval } from '../models/removal.js';
import { nodeIndex, type Topology } from '../models/topology.js';
import { inputAxis, placeAlong } from './criteria/index.js';

/**
 * The weights where each unit that stays has taken over the outgoing weights of those that were merged into it, which keep none: rows of the
 * kernels that take them are added, those of the layer's own recurrent kernel as well. Where the units give the same numbers, the network without the
 * merged ones gives what it gave. Per-feature weights in between, of batch norm or depthwise convolutions, stay what they are.
 * @param merged - removed units to the ones that stay, as `Criterion.merge` tells them
 */
export function mergeUnits(
  topology: Topology,
  weights: readonly NamedTensor[],
  layer: string,
  merged: ReadonlyMap<number, number>,
): NamedTensor[] {
  const own = nodeIndex(topology, layer);
  const inputs = new Map(
    [...new Set([...merged].flat())].map((unit) => [unit, spreadRemoval(topology, { [layer]: [unit] }).input]),
  );
  const parameters = new Map(modelParameters(topology).map((parameter) => [parameter.fullName, parameter]));
  return weights.map((tensor) => {
    const parameter = parameters.get(tensor.name);
    if (parameter?.prunable !== true) return tensor;
    const axis = inputAxis(parameter);
    const role = parameter.axes[axis]?.role;
    const places = (unit: number): number[] => {
      if (role === 'out') return parameter.node === own ? [unit] : [];
      if (role !== 'in') return [];
      return [...(inputs.get(unit)?.[parameter.node] ?? [])].sort((a, b) => a - b);
    };
    const pairs = [...merged].flatMap(([from, to]) => {
      const heirs = places(to);
      return places(from).map((place, i) => [place, heirs[i] ?? place] as const);
    });
    return pairs.length === 0 ? tensor : withSlicesMoved(tensor, axis, pairs);
  });
}

/** Adds the slice at the first place of each pair to that at the second, and leaves zeros. */
function withSlicesMoved(
  { name, shape, values }: NamedTensor,
  axis: number,
  pairs: readonly (readonly [from: number, to: number])[],
): NamedTensor {
  const stride = sizeOf(shape.slice(axis + 1));
  const along = placeAlong({ shape }, axis);
  const givers = new Map<number, number[]>();
  for (const [from, to] of pairs) givers.set(to, [...(givers.get(to) ?? []), from]);
  const gone = new Set(pairs.map(([from]) => from));
  const taken = values.map((value, i) => {
    const place = along(i);
    if (gone.has(place)) return 0;
    return (givers.get(place) ?? []).reduce((sum, from) => sum + (values[i + (from - place) * stride] ?? 0), value);
  });
  return { name, shape, values: taken };
}
