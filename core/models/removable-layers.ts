import { PrunefrontError } from '../errors.js';
import { describeTopology } from './described-topology.js';
import { spreadRemoval } from './removal.js';
import type { Topology } from './topology.js';

/** Layers whose units can be removed without reaching the model's output; of a group that is coupled by an addition, the first. */
export function removableLayers(topology: Topology): string[] {
  const descriptions = describeTopology(topology);
  const covered = new Set<number>();
  return topology.nodes.flatMap(({ name }, i) => {
    const flow = descriptions[i]?.flow;
    if (flow?.kind !== 'produces' || flow.units < 2 || covered.has(i)) return [];
    try {
      const { output } = spreadRemoval(topology, { [name]: [0] });
      output.forEach((removed, node) => {
        if (removed.size > 0 && descriptions[node]?.flow.kind === 'produces') covered.add(node);
      });
      return [name];
    } catch (error) {
      if (error instanceof PrunefrontError) return [];
      throw error;
    }
  });
}
