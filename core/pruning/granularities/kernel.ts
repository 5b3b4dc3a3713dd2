import { sizeOf } from '../../models/named-tensor.js';
import type { MaskGranularity } from './granularity.js';

/** The slice [kh, kw] of each pair of input and output channel becomes zero as one. */
export const kernel: MaskGranularity = {
  name: 'kernel',
  kind: 'mask',
  summary: 'The whole window of a convolution between an input and an output channel becomes zero.',
  source: 'Mao et al. 2017',
  settings: {},
  prunes: ({ shape }) => shape.length > 2,
  // Windows come before the two axes of channels in every layout.
  atomOf: ({ shape }) => {
    const slices = sizeOf(shape.slice(-2));
    return new Uint32Array(sizeOf(shape)).map((_, i) => i % slices);
  },
  unfit: ({ shape }) =>
    shape.length > 2 ? null : { message: 'It has no window to take slices of', allowed: 'kernels of convolutions' },
};
