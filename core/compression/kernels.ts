import { describeTopology } from '../models/described-topology.js';
import type { Axis, Shape } from '../models/layers/index.js';
import { sizeOf } from '../models/named-tensor.js';
import type { Topology } from '../models/topology.js';

/**
 * The channels of a row-major tensor: element i is of channel ⌊i / inner⌋ mod count. One channel is the whole tensor.
 */
export interface Channels {
  readonly count: number;
  /** Elements side by side that are of the same channel. */
  readonly inner: number;
}

/** A kernel that compression shrinks. */
export interface CompressibleKernel {
  readonly layer: string;
  /** Full name: `conv2d/kernel`. */
  readonly weight: string;
  readonly shape: Shape;
  /** A channel for each unit that it makes. */
  readonly outputs: Channels;
}

/** The whole tensor as one channel. */
export function oneChannel(size: number): Channels {
  return { count: 1, inner: Math.max(size, 1) };
}

/**
 * A channel for each index along the axes `from` to `to`, both included.
 * @param from - negative ones count from the end
 */
export function channelsAlong(shape: Shape, from: number, to = from): Channels {
  const at = (axis: number): number => (axis < 0 ? shape.length + axis : axis);
  return { count: sizeOf(shape.slice(at(from), at(to) + 1)), inner: sizeOf(shape.slice(at(to) + 1)) };
}

/** Every kernel of the model, depthwise ones included; biases and norms are few, and stay as they are. */
export function compressibleKernels(topology: Topology): CompressibleKernel[] {
  return describeTopology(topology).flatMap(({ parameters }, node) =>
    parameters
      .filter(({ prunable, uses }) => prunable || uses > 0)
      .map(({ name, shape, axes }) => {
        const layer = topology.nodes[node]?.name ?? '';
        return { layer, weight: `${layer}/${name}`, shape, outputs: outputChannels(shape, axes) };
      }),
  );
}

/**
 * The last axis of units or gates: the last one of dense and convolution kernels, the third one of transposed convolutions, the columns
 * of recurrent ones. A depthwise kernel [..., in, multiplier] has none: each of its input features makes units of its own.
 */
function outputChannels(shape: Shape, axes: readonly Axis[]): Channels {
  const last = axes.findLastIndex(({ role }) => role === 'out' || role === 'gates');
  if (last >= 0) return channelsAlong(shape, last);
  const first = axes.findIndex(({ role }) => role !== 'fixed');
  return first < 0 ? oneChannel(sizeOf(shape)) : channelsAlong(shape, first, -1);
}
