import { describeTopology } from './described-topology.js';
import { nodeIndex, type Topology } from './topology.js';
import { batchNormOf, stepLayer } from './wrapped-layers.js';

/** Layers whose output has the features of their one input, unit by unit, and its positions; dropout says nothing once training is over. */
const UNIT_BY_UNIT: ReadonlySet<string> = new Set([
  'BatchNormalization',
  'Activation',
  'ReLU',
  'LeakyReLU',
  'PReLU',
  'ELU',
  'ThresholdedReLU',
  'Dropout',
  'SpatialDropout1D',
  'AlphaDropout',
  'GaussianDropout',
  'GaussianNoise',
]);

/** Indices of the nodes behind a layer that are all that becomes of its output, one after another, as long as they go unit by unit. */
function chainBehind(topology: Topology, layer: number): number[] {
  const { nodes } = topology;
  const [next, ...others] = nodes.flatMap(({ inputs }, i) => (inputs.includes(layer) ? [i] : []));
  const node = next === undefined ? undefined : nodes[next];
  if (next === undefined || node === undefined || others.length > 0) return [];
  if (!UNIT_BY_UNIT.has(stepLayer(node).className)) return [];
  return [next, ...chainBehind(topology, next)];
}

/**
 * The scale, `norm/gamma`, of the batch norm behind a layer: of the first where nothing but activations and dropout lies between them and
 * nothing else takes the layer's output; null where there is none.
 */
export function normBehind(topology: Topology, layer: string): string | null {
  const chain = chainBehind(topology, nodeIndex(topology, layer));
  const [norm] = chain.flatMap((i) => {
    const node = topology.nodes[i];
    const config = node === undefined ? null : batchNormOf(node);
    return node === undefined || config === null ? [] : [{ name: node.name, config }];
  });
  return norm === undefined || norm.config['scale'] === false ? null : `${norm.name}/gamma`;
}

/**
 * The layer whose output is what becomes of a layer's units: itself where it has an activation of its own, else the first activation behind
 * it, batch norm between them included; without one the last layer that goes unit by unit.
 */
export function activatedLayer(topology: Topology, layer: string): string {
  const descriptions = describeTopology(topology);
  const own = nodeIndex(topology, layer);
  const chain = [own, ...chainBehind(topology, own)];
  const activated = chain.find((i) => (descriptions[i]?.activation ?? null) !== null) ?? chain.at(-1) ?? own;
  return topology.nodes[activated]?.name ?? layer;
}
