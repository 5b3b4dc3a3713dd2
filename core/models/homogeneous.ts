import { describeTopology, modelParameters } from './described-topology.js';
import { keepsFactors } from './layers/activations.js';
import { activationOf } from './layers/description.js';
import type { LayerDescription } from './layers/index.js';
import type { NamedTensor } from './named-tensor.js';
import type { SpreadRemoval } from './removal.js';
import { removedIndices, take } from './slices.js';
import type { LayerConfig, LayerNode, Topology } from './topology.js';
import { stepLayer } from './wrapped-layers.js';

const always = (): boolean => true;
const byActivation = (config: LayerConfig): boolean => keepsFactors(activationOf(config));

/** Layers that change numbers on their way and give c times as much for c times their inputs, for every c > 0. */
const HOMOGENEOUS: Readonly<Record<string, (config: LayerConfig) => boolean>> = {
  Activation: byActivation,
  ReLU: (config) => typeof config['max_value'] !== 'number',
  LeakyReLU: always,
  PReLU: always,
  DepthwiseConv2D: (config) => config['use_bias'] === false && byActivation(config),
  ZeroPadding2D: always,
  Masking: ({ mask_value: value = 0 }) => value === 0,
  Add: always,
  Average: always,
  Maximum: always,
  Minimum: always,
};

/**
 * Whether the way from units to the layers that take them is positively homogeneous: units whose weights and biases are c times those of
 * others give those layers c times as much, for every c > 0. So it is where no layer on it tells sizes apart, as sigmoids, batch norms and
 * recurrent layers do, and where it does to the ones what it does to the others: PReLU with the same slopes, depthwise convolutions with
 * the same filters.
 * @param one - a unit with all that is coupled with it, as `spreadRemoval` follows them
 * @param other - the same of another unit of the same layer
 */
export function isHomogeneousWay(
  topology: Topology,
  weights: readonly NamedTensor[],
  one: SpreadRemoval,
  other: SpreadRemoval,
): boolean {
  const descriptions = describeTopology(topology);
  const isOnWay = (node: number): boolean => (one.output[node]?.size ?? 0) > 0;
  if (!descriptions.every((description, node) => !isOnWay(node) || isHomogeneous(topology.nodes[node], description)))
    return false;
  const byName = new Map(weights.map((tensor) => [tensor.name, tensor]));
  return modelParameters(topology).every(({ fullName, node, axes, shape }) => {
    const tensor = byName.get(fullName);
    if (tensor === undefined || !isOnWay(node) || descriptions[node]?.flow.kind !== 'passes') return true;
    return axes.every((axis, i) => {
      const [ones, others] = [one, other].map(({ input, units }) => {
        const indices = removedIndices(axis, input[node] ?? new Set(), units[node] ?? new Set(), shape[i] ?? 1);
        return take(tensor, { axis: i, indices }).values;
      });
      return ones?.every((value, at) => value === others?.[at]) === true;
    });
  });
}

/** Of a layer with units in their weights and biases, of any other in its inputs. */
function isHomogeneous(layer: LayerNode | undefined, { flow, activation }: LayerDescription): boolean {
  switch (flow.kind) {
    case 'produces':
      return flow.granularity !== 'recurrent' && keepsFactors(activation);
    case 'passes': {
      if (flow.constant === undefined || layer === undefined) return true;
      const { className, config } = stepLayer(layer);
      return HOMOGENEOUS[className]?.(config) === true;
    }
    default:
      return false;
  }
}
