import { describeTopology, modelParameters } from '../../models/described-topology.js';
import { type NamedTensor, valuesByName } from '../../models/named-tensor.js';
import type { Topology } from '../../models/topology.js';
import type { ScoredKernel, ScoredLayer } from './criterion.js';

/** Every kernel that can be pruned, with its values: what weights are scored of. */
export function scoredKernels(topology: Topology, weights: readonly NamedTensor[]): ScoredKernel[] {
  const values = valuesByName(weights);
  return modelParameters(topology)
    .filter(({ prunable }) => prunable)
    .map(({ node, fullName, shape, axes }) => ({
      layer: topology.nodes[node]?.name ?? '',
      weight: fullName,
      shape,
      values: values.get(fullName) ?? new Float32Array(),
      axes,
    }));
}

/** Every layer with units of its own, with the kernels that make them: what units are scored of. */
export function scoredLayers(topology: Topology, weights: readonly NamedTensor[]): ScoredLayer[] {
  const kernels = scoredKernels(topology, weights);
  const descriptions = describeTopology(topology);
  return topology.nodes.flatMap(({ name }, i) => {
    const flow = descriptions[i]?.flow;
    const own = kernels.filter(({ layer }) => layer === name);
    return flow?.kind === 'produces' && own.length > 0 ? [{ layer: name, units: flow.units, kernels: own }] : [];
  });
}
