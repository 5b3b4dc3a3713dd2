import { sizeOf } from '../../models/named-tensor.js';
import type { Scope } from './scope.js';

/**
 * Densities of the Erdős–Rényi kernel distribution (Evci et al. 2020, RigL): that of a layer is ε · Σ dims / Π dims, where ε is such that
 * `sparsity` of all weights is gone. Layers that would be denser than 1 are dense, and ε is found anew without them.
 * @param shapes - of kernels, e.g. [kh, kw, in, out] or [in, out]
 * @returns the density of each layer, 0 to 1
 */
export function erkDensities(shapes: readonly (readonly number[])[], sparsity: number): number[] {
  const layers = shapes.map((shape) => {
    const size = sizeOf(shape);
    return { size, raw: shape.reduce((sum, side) => sum + side, 0) / size };
  });
  const kept = (1 - sparsity) * layers.reduce((sum, { size }) => sum + size, 0);
  const dense = new Set<(typeof layers)[number]>();
  for (;;) {
    const sparse = layers.filter((layer) => !dense.has(layer));
    const budget = [...dense].reduce((left, { size }) => left - size, kept);
    const epsilon = budget / sparse.reduce((sum, { raw, size }) => sum + raw * size, 0);
    const largest = Math.max(...sparse.map(({ raw }) => raw));
    if (sparse.length === 0 || epsilon * largest <= 1) {
      return layers.map((layer) => (dense.has(layer) ? 1 : epsilon * layer.raw));
    }
    for (const layer of sparse) if (layer.raw === largest) dense.add(layer);
  }
}

/** Small and narrow layers stay denser than large ones. */
export const erk: Scope = {
  name: 'erk',
  summary: 'Layers as dense as the sum of their kernel’s sides over its size: small ones denser, large ones sparser.',
  source: 'Evci et al. 2020 (RigL), Mocanu et al. 2018',
  settings: {},
  densities: (layers, sparsity) =>
    erkDensities(
      layers.map(({ shape }) => shape),
      sparsity,
    ),
};
