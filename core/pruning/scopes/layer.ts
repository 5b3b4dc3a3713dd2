import { densityOf } from '../kept-count.js';
import type { Scope } from './scope.js';

/** Every layer to the same sparsity, each counted by itself as tfmot does. */
export const layer: Scope = {
  name: 'layer',
  summary: 'Every layer to the same sparsity.',
  source: 'tfmot 0.8.1',
  settings: {},
  perLayer: true,
  densities: (layers, sparsity) => layers.map(() => densityOf(sparsity)),
};
