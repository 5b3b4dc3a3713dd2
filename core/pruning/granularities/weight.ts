import { sizeOf } from '../../models/named-tensor.js';
import type { MaskGranularity } from './granularity.js';

/** Every weight by itself. */
export const weight: MaskGranularity = {
  name: 'weight',
  kind: 'mask',
  summary: 'Single weights become zero.',
  source: 'LeCun et al. 1989, Han et al. 2015',
  settings: {},
  atomOf: ({ shape }) => new Uint32Array(sizeOf(shape)).map((_, i) => i),
  pool: (_, scores) => scores,
  unfit: () => null,
};
