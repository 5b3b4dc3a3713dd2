import { PrunefrontError } from '../errors.js';
import { leftoversOf } from './constants.js';
import { describeTopology, modelParameters } from './described-topology.js';
import { type FeatureClasses, featureClasses } from './feature-classes.js';
import { type NamedTensor, valuesByName } from './named-tensor.js';
import { type Removal, type SpreadRemoval, spreadRemoval } from './removal.js';
import { removedIndices, zeroed } from './slices.js';
import type { Topology } from './topology.js';

/** A model before units are cut out of it, and the model that it must equal without them. */
export interface Folded {
  /** What a cut with `applyRemoval` leaves the smaller model's weights of: what removed units still give is in biases after them. */
  readonly weights: readonly NamedTensor[];
  /** Weights of the full-size model whose removed units are masked: what the smaller model must equal. */
  readonly masked: readonly NamedTensor[];
}

/**
 * Masks units and moves what they still give into the biases of the layers after them, so that they can be cut.
 *
 * A masked unit has lost its kernels; of what is left, its activated bias, shifted by batch norms on its way, a bias after it takes over (or the
 * mean of a batch norm after a layer without one). Where none can, because zeros pad the input, say, the unit loses its bias and its part
 * of the norms and depthwise kernels as well and is silent.
 * @throws PrunefrontError `PRUNEFRONT_NOT_REMOVABLE` naming the layer that no bias can replace: even a silent unit gives it a number, as
 *   after a sigmoid. Else as `spreadRemoval`
 */
export function foldConstants(topology: Topology, weights: readonly NamedTensor[], remove: Removal): Folded {
  const spread = spreadRemoval(topology, remove);
  const classes = featureClasses(topology);
  const silent = new Set<number>();
  for (;;) {
    const masked = maskUnits(topology, weights, spread, classes, silent);
    const { gains, stuck } = leftoversOf(topology, spread, valuesByName(masked));
    if (stuck.length === 0) return { weights: masked.map((tensor) => gained(tensor, gains.get(tensor.name))), masked };
    const hopeless = stuck.find(({ id }) => silent.has(id));
    if (hopeless !== undefined) throw notRemovable(topology, hopeless.node);
    for (const { id } of stuck) silent.add(id);
  }
}

/** Takes the kernels of removed units, and all that is theirs of those that have to be silent. */
function maskUnits(
  topology: Topology,
  weights: readonly NamedTensor[],
  { units, output }: SpreadRemoval,
  { of }: FeatureClasses,
  silent: ReadonlySet<number>,
): NamedTensor[] {
  const isSilent = (node: number) => (feature: number) => silent.has(of[node]?.[feature] ?? -1);
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  const descriptions = describeTopology(topology);
  return modelParameters(topology).flatMap(({ fullName, node, shape, axes, uses, prunable }) => {
    const tensor = byName.get(fullName);
    if (tensor === undefined) return [];
    const own = units[node] ?? new Set<number>();
    const [from = -1] = topology.nodes[node]?.inputs ?? [];
    const makesUnits = descriptions[node]?.flow.kind === 'produces';
    const isKernel = makesUnits && (uses > 0 || prunable);
    const before = new Set([...(output[from] ?? [])].filter(isSilent(from)));
    const gone = isKernel ? own : new Set([...own].filter(isSilent(node)));
    return zeroed(
      tensor,
      axes.flatMap((axis, i) =>
        (axis.role === 'in' && makesUnits) || (axis.role === 'multiplied' && isKernel)
          ? []
          : [{ axis: i, indices: removedIndices(axis, before, gone, shape[i] ?? 1) }],
      ),
    );
  });
}

/** The tensor with its first entries changed. */
function gained(tensor: NamedTensor, gain: Float64Array | undefined): NamedTensor {
  if (gain === undefined) return tensor;
  return { ...tensor, values: tensor.values.map((value, i) => value + (gain[i] ?? 0)) };
}

function notRemovable(topology: Topology, node: number): PrunefrontError {
  const { name: place, className } = topology.nodes[node] ?? { name: '', className: '' };
  const activation = describeTopology(topology)[node]?.activation;
  return new PrunefrontError(
    'PRUNEFRONT_NOT_REMOVABLE',
    `Units without weights still change layer ${place}, and no bias can stand for them`,
    {
      place,
      found: typeof activation === 'string' ? `${className} with ${activation}` : className,
      allowed: 'activations that keep zero; or layers after them with a bias, and without padding',
    },
  );
}
