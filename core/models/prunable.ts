import { describeTopology, modelParameters } from './described-topology.js';
import { removableLayers } from './removable-layers.js';
import type { Topology } from './topology.js';

/** A kernel that is pruned: its layer, its full name, its shape, and the units of its layer. */
export interface PrunableKernel {
  readonly layer: string;
  readonly weight: string;
  readonly shape: readonly number[];
  readonly units: number;
}

/** Kernels that weight pruning prunes: those that tfmot prunes, the output layer's included. */
export function prunableKernels(topology: Topology): PrunableKernel[] {
  const descriptions = describeTopology(topology);
  return modelParameters(topology)
    .filter(({ prunable }) => prunable)
    .map(({ node, fullName, shape }) => {
      const flow = descriptions[node]?.flow;
      return {
        layer: topology.nodes[node]?.name ?? '',
        weight: fullName,
        shape,
        units: flow?.kind === 'produces' ? flow.units : (shape.at(-1) ?? 1),
      };
    });
}

/**
 * Layers whose units a granularity removes: `filter` those of convolutions, `neuron` of dense layers, `unit` of both and of recurrent
 * layers, each with the kernel that scores them: of a recurrent layer the one on its input, where the columns of all gates of unit u are
 * those that are u modulo the units. Of layers coupled by an addition only the first.
 */
export function prunableUnits(topology: Topology, granularity: 'filter' | 'neuron' | 'unit'): PrunableKernel[] {
  const removable = new Set(removableLayers(topology));
  const descriptions = describeTopology(topology);
  const seen = new Set<string>();
  return prunableKernels(topology).filter(({ layer, weight }) => {
    const flow = descriptions[topology.nodes.findIndex(({ name }) => name === layer)]?.flow;
    if (flow?.kind !== 'produces' || weight.endsWith('/embeddings')) return false;
    if (!removable.has(layer) || seen.has(layer)) return false;
    seen.add(layer);
    return granularity === 'unit' || granularity === flow.granularity;
  });
}
