import { modelParameters } from '../../core/models/described-topology.js';
import type { NamedTensor } from '../../core/models/named-tensor.js';
import { spreadRemoval } from '../../core/models/removal.js';
import { removedIndices } from '../../core/models/slices.js';
import type { Topology } from '../../core/models/topology.js';
import { inputAxis, placeAlong } from '../../core/pruning/criteria/index.js';

/** A unit of a layer and the unit of the same layer that it becomes a multiple of. */
export interface Pair {
  readonly layer: string;
  readonly unit: number;
  readonly source: number;
}

/**
 * Weights where a unit, with all that is coupled with it, has the weights and the bias of another one times a number; per-feature weights
 * on its way, as depthwise filters, are the same. What goes out of it is its own.
 * @param factor - by the name of a layer of the group
 */
export function withMultiple(
  topology: Topology,
  weights: readonly NamedTensor[],
  { layer, unit, source }: Pair,
  factor: (layer: string) => number,
): NamedTensor[] {
  const [to, from] = [unit, source].map((one) => spreadRemoval(topology, { [layer]: [one] }));
  const parameters = new Map(modelParameters(topology).map((parameter) => [parameter.fullName, parameter]));
  return weights.map((tensor) => {
    const parameter = parameters.get(tensor.name);
    if (parameter === undefined) return tensor;
    const { axes, shape, node, prunable } = parameter;
    const values = tensor.values.slice();
    axes.forEach((axis, i) => {
      // Rows of kernels say what goes out of a unit.
      if (prunable && i === inputAxis(parameter)) return;
      const [places, sources] = [to, from].map((spread) =>
        removedIndices(axis, spread?.input[node] ?? new Set(), spread?.units[node] ?? new Set(), shape[i] ?? 1),
      );
      const makes = axis.role === 'out' || axis.role === 'gates';
      const times = makes ? factor(topology.nodes[node]?.name ?? '') : 1;
      const along = placeAlong({ shape }, i);
      const stride = shape.slice(i + 1).reduce((product, size) => product * size, 1);
      const before = values.slice();
      values.forEach((_, at) => {
        const found = places?.indexOf(along(at)) ?? -1;
        if (found < 0) return;
        values[at] = times * (before[at + ((sources?.[found] ?? 0) - along(at)) * stride] ?? 0);
      });
    });
    return { ...tensor, values };
  });
}
