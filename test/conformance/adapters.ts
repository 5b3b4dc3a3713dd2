import { multiplied, truncated } from '../../core/compression/factorization/low-rank.js';
import { matrixOf } from '../../core/compression/factorization/matrix.js';
import { svd } from '../../core/compression/factorization/svd.js';
import { channelsAlong, oneChannel } from '../../core/compression/kernels.js';
import { dequantize, quantize, type Scheme } from '../../core/compression/quantization/quantize.js';
import { crowdingDistances, hypervolume, paretoRanks } from '../../core/evaluation/pareto/index.js';
import { costsOf } from '../../core/models/costs.js';
import { parseTopology } from '../../core/models/topology.js';
import { filterL1, filterL2 } from '../../core/pruning/criteria/index.js';
import { constantSparsity, polynomialDecay, type SparsitySchedule } from '../../core/pruning/schedules/index.js';
import { magnitudeMask } from '../../core/pruning/weight-masks.js';
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
  'mask.magnitude': ({ weights, sparsity }: { readonly weights: Nested; readonly sparsity: number }) => {
    const { shape, values } = flatten(weights);
    return nest(magnitudeMask(values, sparsity), shape);
  },
  'criterion.filterL1': scored(filterL1),
  'criterion.filterL2': scored(filterL2),
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
    const factors = truncated(svd(matrixOf(rows, columns, values)), rank);
    return { product: nest(multiplied(factors), shape) };
  },
  'surgery.remove': (input: SurgeryInput) => removeAndRun(input),
};

/** Functions that vector files may name and the project does not have yet: listed by a run, and not failed. */
export const NOT_YET: readonly string[] = [
  'mask.block',
  'mask.nOfM',
  'criterion.lamp',
  'criterion.fpgm',
  'criterion.taylor',
  'criterion.hrank',
  'allocation.erk',
  'sampler.sobol',
];
