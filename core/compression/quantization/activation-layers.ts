import { describeTopology } from '../../models/described-topology.js';
import type { Topology } from '../../models/topology.js';

/** Layers whose outputs a kernel multiplies: what integer arithmetic reads. The model's input is what it is. */
export function activationLayers(topology: Topology): string[] {
  const descriptions = describeTopology(topology);
  const read = new Set(
    topology.nodes.flatMap(({ inputs }, i) =>
      descriptions[i]?.parameters.some(({ uses }) => uses > 0) === true ? inputs : [],
    ),
  );
  return topology.nodes.flatMap(({ name, className }, i) => (read.has(i) && className !== 'InputLayer' ? [name] : []));
}
