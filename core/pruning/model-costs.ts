import { costsOf } from '../models/costs.js';
import { modelParameters } from '../models/described-topology.js';
import { type PruningGroup, removalOf } from '../models/groups.js';
import { sizeOf } from '../models/named-tensor.js';
import { complement } from '../models/slices.js';
import { planRemoval, type Removal } from '../models/surgery.js';
import type { Topology } from '../models/topology.js';
import type { SparsityCount } from '../sweep/spec.js';
import { type Costs, weightsOf } from './selection/index.js';

type ModelCount = Exclude<SparsityCount, 'units'>;

/**
 * What a model costs by its shape, every weight stored.
 * @returns prunable weights, parameters, multiply-accumulates of one example, or bytes at four a parameter
 */
export function shapeCost(topology: Topology, count: ModelCount): number {
  switch (count) {
    case 'weights':
      return modelParameters(topology).reduce((sum, { prunable, shape }) => sum + (prunable ? sizeOf(shape) : 0), 0);
    case 'parameters':
      return costsOf(topology).parameters;
    case 'macs':
      return costsOf(topology).macs;
    case 'bytes':
      return costsOf(topology).parameters * 4;
  }
}

/**
 * What a model costs of which some kernels are masked; bytes are those of the sparse encoding that observations tell.
 * @param kernels - with the weights in each of their atoms
 */
export function maskCosts(
  topology: Topology,
  kernels: readonly { readonly weight: string; readonly sizes: ArrayLike<number> }[],
  count: Exclude<ModelCount, 'weights'>,
  baseline: Topology,
): Costs {
  const parameters = new Map(modelParameters(topology).map((parameter) => [parameter.fullName, parameter]));
  const own = kernels.map(({ weight, sizes }) => {
    const { shape = [], uses = 0 } = parameters.get(weight) ?? {};
    return { size: sizeOf(shape), uses, weightsIn: weightsOf(sizes) };
  });
  const whole = shapeCost(topology, count);
  const saved = (size: number, uses: number, kept: number): number => {
    switch (count) {
      case 'parameters':
        return size - kept;
      case 'macs':
        return (size - kept) * uses;
      case 'bytes':
        return Math.max(0, size * 4 - Math.ceil(size / 8) - kept * 4);
    }
  };
  return {
    of: (kept) =>
      kept.reduce((sum, atoms, i) => {
        const kernel = own[i];
        return kernel === undefined ? sum : sum - saved(kernel.size, kernel.uses, kernel.weightsIn(atoms));
      }, whole),
    baseline: shapeCost(baseline, count),
  };
}

/** What a model costs that keeps some classes of its groups. */
export function unitCosts(
  topology: Topology,
  groups: readonly PruningGroup[],
  count: ModelCount,
  baseline: Topology,
): Costs {
  return {
    of(kept) {
      const remove: Record<string, readonly number[]> = {};
      groups.forEach((group, i) => {
        Object.assign(remove, removalOf(group, complement(kept[i]?.atoms() ?? [], group.classes)));
      });
      return shapeCost(smaller(topology, remove), count);
    },
    baseline: shapeCost(baseline, count),
  };
}

function smaller(topology: Topology, remove: Removal): Topology {
  return Object.keys(remove).length === 0 ? topology : planRemoval(topology, remove).topology;
}
