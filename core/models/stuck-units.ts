import { PrunefrontError } from '../errors.js';
import { modelParameters } from './described-topology.js';
import { foldConstants } from './folding.js';
import { type PruningGroup, removalOf } from './groups.js';
import { sizeOf } from './named-tensor.js';
import type { Topology } from './topology.js';

/**
 * A layer of a group whose units cannot go, whatever the weights: what they give even where they are silent, as after a sigmoid, no bias can take
 * over. Null where all can go.
 */
export function stuckUnits(
  topology: Topology,
  group: PruningGroup,
): { readonly layer: string; readonly why: string } | null {
  const silent = modelParameters(topology).map(({ fullName: name, shape }) => ({
    ...{ name, shape, values: new Float32Array(sizeOf(shape)) },
  }));
  for (const id of unlikeClasses(group)) {
    try {
      foldConstants(topology, silent, removalOf(group, [id]));
    } catch (error) {
      if (!(error instanceof PrunefrontError) || error.code !== 'PRUNEFRONT_NOT_REMOVABLE') throw error;
      const first = group.members.find(({ classes }) => classes.includes(id));
      return { layer: first?.layer ?? group.name, why: error.message };
    }
  }
  return null;
}

/** One class for each set of layers that have units of one class: those behind a Concatenate come from different layers. */
function unlikeClasses({ members, classes }: PruningGroup): number[] {
  const own = members.map((member) => new Set(member.classes));
  const byLayers = new Map<string, number>();
  for (let id = 0; id < classes; id++) {
    const layers = own.map((ids) => ids.has(id)).join();
    if (!byLayers.has(layers)) byLayers.set(layers, id);
  }
  return [...byLayers.values()];
}
