import { pruningGroups } from './groups.js';
import type { Topology } from './topology.js';

/**
 * Layers of which every unit can go by itself; of layers whose units are coupled, the first.
 */
export function removableLayers(topology: Topology): string[] {
  const found = new Set(
    pruningGroups(topology).groups.flatMap(({ members }) => {
      const covered = new Set<number | null>([null]);
      return members.flatMap(({ layer, classes }) => {
        if (classes.some((id) => covered.has(id)) || new Set(classes).size < classes.length) return [];
        for (const id of classes) covered.add(id);
        return [layer];
      });
    }),
  );
  return topology.nodes.flatMap(({ name }) => (found.has(name) ? [name] : []));
}
