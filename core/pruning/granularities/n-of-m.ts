import { sizeOf } from '../../models/named-tensor.js';
import { numberOf } from '../../registry/index.js';
import { keepInGroups } from '../selection/select-groups.js';
import { expandAtoms } from './atoms.js';
import type { KernelShape, MaskGranularity } from './granularity.js';

/**
 * The same number of zeros in each group of weights side by side along the input channels of an output: 2:4 has groups of four at a sparsity
 * of a half.
 */
export const nOfM: MaskGranularity = {
  name: 'nOfM',
  kind: 'mask',
  summary: 'In each group along the input channels the same number of weights become zero: 2:4 and any other.',
  source: 'Mishra et al. 2021, tfmot 0.8.1 (m_by_n)',
  settings: {
    groupSize: {
      kind: 'number',
      description: 'Weights in a group; it has to divide the input channels.',
      default: 4,
      minimum: 2,
      integer: true,
    },
  },
  groupSize: (settings) => numberOf(settings, 'groupSize'),
  atomOf: channelsLast,
  pool: (kernel, scores) => {
    const pooled = new Float32Array(scores.length);
    channelsLast(kernel).forEach((atom, i) => {
      pooled[atom] = scores[i] ?? 0;
    });
    return pooled;
  },
  unfit: ({ shape, axes }, settings) => {
    const groupSize = numberOf(settings, 'groupSize');
    const channels = shape[channelAxis(axes)] ?? 1;
    if (channels % groupSize === 0) return null;
    const divisors = Array.from({ length: channels }, (_, i) => i + 1).filter((n) => n > 1 && channels % n === 0);
    return {
      message: `Groups of ${groupSize} do not divide its ${channels} input channels`,
      allowed: divisors.length === 0 ? 'no groups at all' : `groups of ${divisors.join(', ')}`,
    };
  },
  sparsities: (settings) => {
    const groupSize = numberOf(settings, 'groupSize');
    return Array.from({ length: groupSize }, (_, zeros) => zeros / groupSize);
  },
};

/**
 * The N:M mask of a kernel by magnitude: of each group of `groupSize` weights along the input channels the `zeros` smallest |w| are 0. The
 * last group is filled up with zeros where the channels do not divide (tfmot `generate_m_by_n_mask`).
 * @param zeros - at most `groupSize`
 */
export function nOfMMask(
  weights: Float32Array,
  shape: KernelShape['shape'],
  axes: KernelShape['axes'],
  zeros: number,
  groupSize: number,
): Uint8Array {
  const channels = shape[channelAxis(axes)] ?? 1;
  const atomOf = channelsLast({ shape, axes });
  const rows = new Float32Array(weights.length);
  atomOf.forEach((atom, i) => {
    rows[atom] = Math.abs(weights[i] ?? 0);
  });
  const keep = new Uint8Array(weights.length);
  for (let row = 0; row < rows.length; row += channels) {
    keep.set(keepInGroups(rows.subarray(row, row + channels), groupSize, zeros), row);
  }
  return expandAtoms(atomOf, keep);
}

/** Each weight's place where the input channels run fastest. */
function channelsLast({ shape, axes }: KernelShape): Uint32Array {
  const axis = channelAxis(axes);
  const channels = shape[axis] ?? 1;
  const inner = sizeOf(shape.slice(axis + 1));
  return new Uint32Array(sizeOf(shape)).map((_, i) => {
    const channel = Math.floor(i / inner) % channels;
    const outer = Math.floor(i / (inner * channels));
    return (outer * inner + (i % inner)) * channels + channel;
  });
}

/** The axis that a kernel sums over: its input channels, or the next to last, where a recurrent kernel has the units that feed it. */
function channelAxis(axes: KernelShape['axes']): number {
  const input = axes.findIndex(({ role }) => role === 'in');
  return input < 0 ? Math.max(0, axes.length - 2) : input;
}
