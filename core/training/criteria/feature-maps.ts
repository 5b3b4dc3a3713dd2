import { describeTopology } from '../../models/described-topology.js';
import { activatedLayer } from '../../models/layers-behind.js';
import { nodeIndex, type Topology } from '../../models/topology.js';
import type { Network } from '../../network/network.js';
import { layerOutputs } from './layer-outputs.js';
import type { Measurement } from './measurement.js';

/** A layer with units of its own, and what becomes of them. */
export interface UnitLayer {
  readonly layer: string;
  readonly units: number;
  /** The layer that gives their activation: itself, or one behind it. */
  readonly activated: string;
  /** Shape of that for one example; its features are those of unit i mod `units`. */
  readonly shape: readonly number[];
}

/** Every layer with units of its own. */
export function unitLayers(topology: Topology): UnitLayer[] {
  const descriptions = describeTopology(topology);
  return topology.nodes.flatMap(({ name }, i) => {
    const flow = descriptions[i]?.flow;
    if (flow?.kind !== 'produces') return [];
    const activated = activatedLayer(topology, name);
    const shape = descriptions[nodeIndex(topology, activated)]?.output ?? [];
    return [{ layer: name, units: flow.units, activated, shape }];
  });
}

/** What the units of each layer give for each example, behind their activation: [n, ...shape]. No mean of batches. */
export function featureMaps(network: Network): Measurement {
  const layers = unitLayers(network.topology);
  const activated = layers.map((layer) => layer.activated);
  return { ...layerOutputs(network, activated), name: 'featureMaps', outputs: layers.map(({ layer }) => layer) };
}
