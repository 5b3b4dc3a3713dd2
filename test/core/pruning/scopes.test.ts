import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erkDensities } from '../../../core/pruning/scopes/erk.js';
import { SCOPES } from '../../../core/pruning/scopes/index.js';
import { lampRank } from '../../../core/pruning/scopes/lamp.js';
import { envelope } from '../../../core/pruning/scopes/sensitivity.js';
import { GONE, selectAtoms } from '../../../core/pruning/selection/index.js';
import { counts, layerOf } from './selection/layers.js';

describe('scopes', () => {
  it('given the registry, then each either ranks atoms or says how dense layers are', () => {
    expect(SCOPES.names()).toEqual(['layer', 'global', 'erk', 'lamp', 'sensitivity']);
    for (const { rank, densities } of SCOPES.all()) expect(rank === undefined).toBe(densities !== undefined);
  });

  it('given any kernels, then ERK leaves exactly the part of all weights that is asked for, none denser than 1', () => {
    const side = fc.integer({ min: 1, max: 64 });
    const shapes = fc.array(fc.array(side, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(shapes, fc.double({ min: 0, max: 1, noNaN: true }), (all, sparsity) => {
        const densities = erkDensities(all, sparsity);
        const sizes = all.map((shape) => shape.reduce((size, side) => size * side, 1));
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const kept = sizes.reduce((sum, size, i) => sum + size * (densities[i] ?? 0), 0);
        expect(kept / total).toBeCloseTo(1 - sparsity, 9);
        for (const density of densities) expect(density).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('given ERK, then small layers stay denser than large ones', () => {
    const all = [
      { ...layerOf('small', Array(100).fill(1)), shape: [10, 10] },
      { ...layerOf('large', Array(10_000).fill(1)), shape: [100, 100] },
    ];
    const [small = 0, large = 0] = counts(
      selectAtoms(all, SCOPES.get('erk'), {}, { sparsity: 0.9, count: 'units' }).keep,
    );
    expect(small + large).toBe(1010);
    expect(small / 100).toBeCloseTo((10 * large) / 10_000, 1);
  });

  it('given LAMP, then each score is its square over the squares not yet gone, the highest 1', () => {
    expect([...lampRank(Float32Array.from([3, 1, 2]))]).toEqual([1, 1 / 14, 4 / 13].map(Math.fround));
    expect([...lampRank(Float32Array.from([1, GONE, 1, 0, -1]))]).toEqual([1, GONE, 0.5, 0, 0]);
    expect([...lampRank(new Float32Array(2))]).toEqual([0, 0]);
  });

  it('given a layer of far smaller scores, then LAMP and sensitivity do not care, and global does', () => {
    const scores = Array.from({ length: 50 }, (_, i) => i + 1);
    const all = [
      layerOf('a', scores),
      {
        ...layerOf(
          'b',
          scores.map((s) => s / 100),
        ),
        sensitivity: layerOf('a', []).sensitivity ?? [],
      },
    ];
    const kept = (scope: string): number[] =>
      counts(selectAtoms(all, SCOPES.get(scope), {}, { sparsity: 0.5, count: 'units' }).keep);
    expect(kept('lamp')).toEqual([25, 25]);
    expect(kept('sensitivity')).toEqual([25, 25]);
    expect(kept('global')).toEqual([49, 1]);
  });
});

describe('sensitivity', () => {
  const scan = [
    { sparsity: 0.5, drop: 0.02 },
    { sparsity: 0.25, drop: -0.01 },
    { sparsity: 0.75, drop: 0.01 },
    { sparsity: 0.9, drop: 0.32 },
  ];

  it.each([
    [0, 0],
    [0.25, 0],
    [0.375, 0.01],
    [0.5, 0.02],
    [0.7, 0.02],
    [0.825, 0.17],
    [1, 0.52],
  ])(
    'given a sparsity of %d, then the loss is %d: linear between points, never falling, beyond the last as steep',
    (sparsity, drop) => {
      expect(Math.abs(envelope(scan)(sparsity) - drop)).toBeLessThanOrEqual(1.01e-4);
    },
  );

  it('given a layer that loses more, then it keeps more, up to the same loss', () => {
    const scores = Array.from({ length: 1000 }, (_, i) => i);
    const all = [1, 3].map((steep) => ({
      ...layerOf(`l${steep}`, scores),
      sensitivity: [0.2, 0.8].map((sparsity) => ({ sparsity, drop: steep * sparsity })),
    }));
    const target = { sparsity: 0.4, count: 'weights' } as const;
    expect(counts(selectAtoms(all, SCOPES.get('sensitivity'), {}, target).keep)).toEqual([400, 800]);
  });

  it('given layers that lose nothing, then they share alike', () => {
    const all = ['a', 'b'].map((name) => ({
      ...layerOf(
        name,
        Array.from({ length: 100 }, (_, i) => i),
      ),
      sensitivity: [{ sparsity: 0.9, drop: 0 }],
    }));
    expect(counts(selectAtoms(all, SCOPES.get('sensitivity'), {}, { sparsity: 0.5, count: 'units' }).keep)).toEqual([
      50, 50,
    ]);
  });

  it('given a layer without a scan, then that is told', () => {
    const { sensitivity: _, ...layer } = layerOf('a', [1, 2]);
    expect(() => selectAtoms([layer], SCOPES.get('sensitivity'), {}, { sparsity: 0.5, count: 'units' })).toThrow(
      'scan',
    );
  });
});
