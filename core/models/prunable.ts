import { describeTopology, modelParameters } from './described-topology.js';
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
