import { Registry } from '../../registry/index.js';
import { block } from './block.js';
import type { Granularity } from './granularity.js';
import { kernel } from './kernel.js';
import { nOfM } from './n-of-m.js';
import { filter, layer, neuron, recurrent, unit } from './units.js';
import { weight } from './weight.js';

/** Every granularity. */
export const GRANULARITIES = new Registry<Granularity>('granularity', [
  weight,
  nOfM,
  block,
  kernel,
  filter,
  neuron,
  recurrent,
  unit,
  layer,
]);

export { atomsOf, expandAtoms, sizesOf } from './atoms.js';
export type {
  Granularity,
  KernelShape,
  MaskGranularity,
  UnitGranularity,
} from './granularity.js';
