import { truncated } from '../../core/compression/factorization/low-rank.js';
import { channelsAlong, oneChannel } from '../../core/compression/kernels.js';
import { dequantize, quantize, type Scheme } from '../../core/compression/quantization/quantize.js';
import { crowdingDistances, hypervolume, paretoRanks } from '../../core/evaluation/pareto/index.js';
import { matrixOf } from '../../core/linear-algebra/matrix.js';
import { svd } from '../../core/linear-algebra/svd.js';
import { costsOf } from '../../core/models/costs.js';
import { FIXED, IN, OUT } from '../../core/models/layers/description.js';
import { parseTopology } from '../../core/models/topology.js';
import { CRITERIA, meanRanks, type ScoredKernel, unitScores, weightScores } from '../../core/pruning/criteria/index.js';
import { block } from '../../core/pruning/granularities/block.js';
import type { MaskGranularity } from '../../core/pruning/granularities/index.js';
import { nOfMMask } from '../../core/pruning/granularities/n-of-m.js';
import { weight } from '../../core/pruning/granularities/weight.js';
import { kernelMasks } from '../../core/pruning/kernel-masks.js';
import { constantSparsity } from '../../core/pruning/schedules/constant-sparsity.js';
import { polynomialDecay } from '../../core/pruning/schedules/polynomial-decay.js';
import type { SparsitySchedule } from '../../core/pruning/schedules/schedule.js';
import { erkDensities } from '../../core/pruning/scopes/erk.js';
import { SCOPES } from '../../core/pruning/scopes/index.js';
import type { Settings } from '../../core/registry/index.js';
import { atOnce } from '../../core/steps.js';
import { evidenceOf } from '../support/evidence.js';
import { multiplied } from '../support/matrices.js';
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

/** A kernel [..., in, units] of a case. */
function kernelOf(nested: Nested): ScoredKernel {
  const { shape, values } = flatten(nested);
  const axes = shape.map((_, axis) => [OUT, IN][shape.length - 1 - axis] ?? FIXED);
  return { layer: 'layer', weight: 'layer/kernel', shape, values, axes };
}

/** Scores of the units of such a kernel. */
function scoredUnits(criterion: string, kernel: Nested, gradient: Nested = []): number[] {
  const own = kernelOf(kernel);
  const layer = { layer: own.layer, units: own.shape.at(-1) ?? 1, kernels: [own] };
  const evidence = evidenceOf({ gradients: () => new Map([[own.weight, flatten(gradient).values]]) });
  return [...unitScores(CRITERIA.get(criterion), layer, evidence, {})];
}

/** The mask of one layer's weights by magnitude. */
function masked(
  granularity: MaskGranularity,
  granularitySettings: Settings,
  { weights, sparsity }: { readonly weights: Nested; readonly sparsity: number },
): Nested {
  const kernel = kernelOf(weights);
  const scores = weightScores(CRITERIA.get('magnitude'), kernel, evidenceOf({}), {});
  const method = { granularity, granularitySettings, scope: SCOPES.get('layer'), scopeSettings: {} };
  const { masks } = kernelMasks([{ ...kernel, scores }], method, { sparsity, count: 'units' });
  return nest(masks.get(kernel.weight) ?? [], kernel.shape);
}

function quantized(scheme: Scheme): Adapter {
  return ({
    weights,
    bits,
    axis,
  }: {
    readonly weights: Nested;
    readonly bits: number;
    readonly axis: number | null;
  }) => {
    const { shape, values } = flatten(weights);
    const channels = axis === null ? oneChannel(values.length) : channelsAlong(shape, axis);
    const tensor = quantize(values, channels, { scheme, bits });
    const { scale, zeroPoint } = tensor;
    return { scale: [...scale], zeroPoint: [...zeroPoint], dequantized: nest(dequantize(tensor), shape) };
  };
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
    const { shape, values, axes } = kernelOf(weights);
    return nest(nOfMMask(values, shape, axes, zeros, groupSize), shape);
  },
  'allocation.erk': ({ shapes, sparsity }: { readonly shapes: number[][]; readonly sparsity: number }) =>
    erkDensities(shapes, sparsity),
  'criterion.filterL1': ({ kernel }: { readonly kernel: Nested }) => scoredUnits('l1', kernel),
  'criterion.filterL2': ({ kernel }: { readonly kernel: Nested }) => scoredUnits('l2', kernel),
  'criterion.lamp': ({ weights }: { readonly weights: Nested }) => {
    const kernel = kernelOf(weights);
    return nest(weightScores(CRITERIA.get('lamp'), kernel, evidenceOf({}), {}), kernel.shape);
  },
  'criterion.fpgm': ({ kernel }: { readonly kernel: Nested }) => scoredUnits('fpgm', kernel),
  'criterion.taylor': ({ kernel, gradient }: { readonly kernel: Nested; readonly gradient: Nested }) =>
    scoredUnits('taylor', kernel, gradient),
  'criterion.hrank': ({ activations }: { readonly activations: Nested }) => {
    const { shape, values } = flatten(activations);
    return [...meanRanks(values, shape)];
  },
  'model.costs': ({ topology }: { readonly topology: unknown }) => costsOf(parseTopology(topology)),
  'pareto.hypervolume': ({ points, reference }: Points & { readonly reference: readonly number[] }) =>
    hypervolume(points, reference),
  'pareto.ranks': ({ points }: Points) => paretoRanks(points),
  'pareto.crowding': ({ points }: Points) => crowdingDistances(points),
  'quantize.symmetric': quantized('symmetric'),
  'quantize.asymmetric': quantized('asymmetric'),
  'factorize.svd': ({ matrix, rank }: { readonly matrix: Nested; readonly rank: number }) => {
    const { shape, values } = flatten(matrix);
    const [rows = 1, columns = 1] = shape;
    const factors = truncated(atOnce(svd(matrixOf(rows, columns, values))), rank);
    return { product: nest(multiplied(factors), shape) };
  },
  'surgery.remove': (input: SurgeryInput) => removeAndRun(input),
};

/** Functions that vector files may name and the project does not have yet: listed by a run, and not failed. */
export const NOT_YET: readonly string[] = ['sampler.sobol'];
