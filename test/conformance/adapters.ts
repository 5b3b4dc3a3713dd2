import { crowdingDistances, hypervolume, paretoRanks } from '../../core/evaluation/pareto/index.js';
import { costsOf } from '../../core/models/costs.js';
import type { Axis } from '../../core/models/layers/index.js';
import { parseTopology } from '../../core/models/topology.js';
import { filterL1, filterL2, magnitude } from '../../core/pruning/criteria/index.js';
import { block } from '../../core/pruning/granularities/block.js';
import { type MaskGranularity, nOfMMask } from '../../core/pruning/granularities/index.js';
import { weight } from '../../core/pruning/granularities/weight.js';
import { kernelMasks } from '../../core/pruning/kernel-masks.js';
import { constantSparsity, polynomialDecay, type SparsitySchedule } from '../../core/pruning/schedules/index.js';
import { erkDensities, SCOPES } from '../../core/pruning/scopes/index.js';
import type { Settings } from '../../core/registry/index.js';
import { flatten, type Nested, nest } from './nested.js';
import { removeAndRun, type SurgeryInput } from './surgery.js';

/** Runs one case's input through the project; what it returns is compared with the case's `expected`. */
export type Adapter = (input: never) => unknown;

interface Points {
  readonly points: readonly (readonly number[])[];
}

type Steps = { readonly steps: readonly number[] };

function scheduled(schedule: SparsitySchedule, steps: readonly number[]): unknown {
  return steps.map((step) => ({
    step,
    shouldPrune: schedule.shouldPruneAt(step),
    sparsity: schedule.sparsityAt(step),
  }));
}

function scored(criterion: (kernel: Float32Array, units: number) => Float32Array): Adapter {
  return ({ kernel }: { readonly kernel: Nested }) => {
    const { shape, values } = flatten(kernel);
    return [...criterion(values, shape.at(-1) ?? 1)];
  };
}

/** The mask of one layer's weights by magnitude. */
function masked(
  granularity: MaskGranularity,
  granularitySettings: Settings,
  { weights, sparsity }: { readonly weights: Nested; readonly sparsity: number },
): Nested {
  const { shape, values } = flatten(weights);
  const kernel = { layer: 'l', weight: 'l/kernel', shape, axes: axesOf(shape), scores: magnitude(values) };
  const method = { granularity, granularitySettings, scope: SCOPES.get('layer'), scopeSettings: {} };
  const { masks } = kernelMasks([kernel], method, { sparsity, count: 'units' });
  return nest(masks.get('l/kernel') ?? [], shape);
}

/** Axes of a kernel [..., in, out]. */
function axesOf(shape: readonly number[]): Axis[] {
  return [...shape.slice(0, -2).map((): Axis => ({ role: 'fixed' })), { role: 'in' }, { role: 'out' }];
}

/** The functions that the project has, by the names that vector files use. No mathematics here, only names and shapes. */
export const ADAPTERS: Readonly<Record<string, Adapter>> = {
  'schedule.polynomialDecay': ({ steps, ...settings }: Parameters<typeof polynomialDecay>[0] & Steps) =>
    scheduled(polynomialDecay(settings), steps),
  'schedule.constantSparsity': ({ steps, ...settings }: Parameters<typeof constantSparsity>[0] & Steps) =>
    scheduled(constantSparsity(settings), steps),
  'mask.magnitude': (input: Parameters<typeof masked>[2]) => masked(weight, {}, input),
  'mask.block': ({
    blockShape: [height, width],
    pooling,
    ...input
  }: Parameters<typeof masked>[2] & { readonly blockShape: readonly [number, number]; readonly pooling: string }) =>
    masked(block, { height, width, pooling }, input),
  'mask.nOfM': ({
    weights,
    zeros,
    groupSize,
  }: {
    readonly weights: Nested;
    readonly zeros: number;
    readonly groupSize: number;
  }) => {
    const { shape, values } = flatten(weights);
    return nest(nOfMMask(values, shape, axesOf(shape), zeros, groupSize), shape);
  },
  'allocation.erk': ({ shapes, sparsity }: { readonly shapes: number[][]; readonly sparsity: number }) =>
    erkDensities(shapes, sparsity),
  'criterion.filterL1': scored(filterL1),
  'criterion.filterL2': scored(filterL2),
  'model.costs': ({ topology }: { readonly topology: unknown }) => costsOf(parseTopology(topology)),
  'pareto.hypervolume': ({ points, reference }: Points & { readonly reference: readonly number[] }) =>
    hypervolume(points, reference),
  'pareto.ranks': ({ points }: Points) => paretoRanks(points),
  'pareto.crowding': ({ points }: Points) => crowdingDistances(points),
  'surgery.remove': (input: SurgeryInput) => removeAndRun(input),
};

/** Functions that vector files may name and the project does not have yet: listed by a run, and not failed. */
export const NOT_YET: readonly string[] = [
  'criterion.lamp',
  'criterion.fpgm',
  'criterion.taylor',
  'criterion.hrank',
  'sampler.sobol',
  'quantize.symmetric',
  'quantize.asymmetric',
  'factorize.svd',
];
