import { classesOf, memberNames, type PruningGroup, pruningGroups, remainingGroup } from '../models/groups.js';
import { sizeOf } from '../models/named-tensor.js';
import type { Topology } from '../models/topology.js';
import { settingsOf } from '../registry/index.js';
import type { Method, SparsityCount } from '../sweep/spec.js';
import { type ScoredKernel, type ScoredLayer, scoredKernels, scoredLayers } from './criteria/index.js';
import { type MaskGranularity, sizesOf, type UnitGranularity } from './granularities/index.js';
import { countOf, granularityOf } from './method.js';
import { maskCosts, unitCosts } from './model-costs.js';
import type { Costs, Target, UnscoredLayer } from './selection/index.js';

/** Kernels that a granularity masks, without values. */
export function maskedKernels(topology: Topology, { prunes }: MaskGranularity): ScoredKernel[] {
  return scoredKernels(topology, []).filter((kernel) => prunes?.(kernel) ?? true);
}

/** Groups of coupled layers whose units a granularity removes. */
export function removedGroups(topology: Topology, { of }: UnitGranularity): PruningGroup[] {
  return pruningGroups(topology).groups.filter(({ members }) => members.every(({ kind }) => of.has(kind)));
}

/** What of a model tells how much of the baseline's units is left. */
export interface ShrunkModel {
  readonly topology: Topology;
  /** For each layer that has lost units, those of the baseline's that it kept. */
  readonly keptUnits: Readonly<Record<string, readonly number[]>>;
}

/** The groups of the baseline that a granularity removes units of, as a model has them that may have lost some. */
export function remainingGroups(
  { topology, keptUnits }: ShrunkModel,
  baseline: Topology,
  granularity: UnitGranularity,
): PruningGroup[] {
  const names = new Set(topology.nodes.map(({ name }) => name));
  return removedGroups(baseline, granularity).map((group) =>
    remainingGroup(group, ({ layer, classes }) => (names.has(layer) ? (keptUnits[layer] ?? [...classes.keys()]) : [])),
  );
}

/** What of a group is compared, beside its scores. */
export function comparedGroup(
  group: PruningGroup,
  layers: ReadonlyMap<string, ScoredLayer>,
): Required<Pick<UnscoredLayer, 'layer' | 'coupled' | 'sizes' | 'baselineAtoms'>> & Pick<UnscoredLayer, 'members'> {
  const members = group.members.map(classesOf);
  const sizes = new Float64Array(group.classes);
  for (const { layer, classes } of group.members) {
    const weights = weightsPerUnit(layers.get(layer));
    for (const id of classes) if (id !== null) sizes[id] = (sizes[id] ?? 0) + weights;
  }
  return {
    ...{ layer: group.name, coupled: memberNames(group), sizes, baselineAtoms: group.classes },
    ...(members.every((own) => own.length === group.classes) ? {} : { members }),
  };
}

/** What a method prunes of a model, as far as it is known before anything is scored. */
export function unscoredLayers(topology: Topology, method: Method): UnscoredLayer[] {
  const granularity = granularityOf(method);
  const settings = settingsOf(method.granularity);
  switch (granularity.kind) {
    case 'mask':
      return maskedKernels(topology, granularity).map((kernel) => {
        const sizes = sizesOf(granularity.atomOf(kernel, settings));
        const groupSize = granularity.groupSize?.(settings);
        return {
          ...{ layer: kernel.layer, sizes, baselineAtoms: sizes.length },
          ...(groupSize === undefined ? {} : { groupSize }),
        };
      });
    case 'units': {
      const layers = new Map(scoredLayers(topology, []).map((layer) => [layer.layer, layer]));
      return removedGroups(topology, granularity).map((group) => comparedGroup(group, layers));
    }
    case 'layers':
      return [];
  }
}

/**
 * The targets of a method on a model as it is now, by their sparsity, with the model's costs where not weights or units alone are counted;
 * for whole layers `partLeft` tells by itself.
 */
export function targetOf(model: ShrunkModel, baseline: Topology, method: Method): (sparsity: number) => Target {
  const count = countOf(method);
  const costs = wholeCosts(model, baseline, method, count);
  return (sparsity) => ({ sparsity, count, ...(costs === null ? {} : { costs }) });
}

function wholeCosts(model: ShrunkModel, baseline: Topology, method: Method, count: SparsityCount): Costs | null {
  const granularity = granularityOf(method);
  if (count === 'units' || granularity.kind === 'layers') return null;
  const { topology } = model;
  if (granularity.kind === 'units') {
    return unitCosts(topology, remainingGroups(model, baseline, granularity), count, baseline);
  }
  if (count === 'weights') return null;
  const settings = settingsOf(method.granularity);
  const kernels = maskedKernels(topology, granularity).map((kernel) => ({
    weight: kernel.weight,
    sizes: sizesOf(granularity.atomOf(kernel, settings)),
  }));
  return maskCosts(topology, kernels, count, baseline);
}

/** Weights of a layer's kernels over its units; none of a layer that has no kernels. */
function weightsPerUnit(layer: ScoredLayer | undefined): number {
  if (layer === undefined) return 0;
  return layer.kernels.reduce((sum, { shape }) => sum + sizeOf(shape), 0) / layer.units;
}
