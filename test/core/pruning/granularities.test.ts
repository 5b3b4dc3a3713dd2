import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Axis } from '../../../core/models/layers/index.js';
import { sizeOf } from '../../../core/models/named-tensor.js';
import { block } from '../../../core/pruning/granularities/block.js';
import { atomsOf, GRANULARITIES, type MaskGranularity } from '../../../core/pruning/granularities/index.js';
import { kernel } from '../../../core/pruning/granularities/kernel.js';
import { nOfM, nOfMMask } from '../../../core/pruning/granularities/n-of-m.js';
import type { Settings } from '../../../core/registry/index.js';

const roles = (...all: ('fixed' | 'in' | 'out')[]): Axis[] => all.map((role) => ({ role }));
const CONV = roles('fixed', 'fixed', 'in', 'out');
const masking = GRANULARITIES.all().filter((each): each is MaskGranularity => each.kind === 'mask');

/** Default settings of a granularity. */
function defaults({ settings }: MaskGranularity): Settings {
  return Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.default]));
}

describe('granularities', () => {
  it('given the registry, then it has those that mask and those that remove', () => {
    expect(masking.map(({ name }) => name)).toEqual(['weight', 'nOfM', 'block', 'kernel']);
    expect(GRANULARITIES.names().slice(4)).toEqual(['filter', 'neuron', 'recurrent', 'unit', 'layer']);
  });

  it('given any kernel, then atoms are a partition of its weights, and weights of one score give atoms of that score', () => {
    const shape = fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom(4, 8),
      fc.integer({ min: 1, max: 9 }),
    );
    fc.assert(
      fc.property(shape, fc.constantFrom(...masking), (shape, granularity) => {
        const size = sizeOf(shape);
        const { scores, sizes } = atomsOf(
          granularity,
          { shape, axes: CONV },
          new Float32Array(size).fill(2),
          defaults(granularity),
        );
        expect(scores).toEqual(new Float32Array(sizes.length).fill(2));
        expect(sizes.every((own) => own > 0)).toBe(true);
        expect(sizes.reduce((sum, own) => sum + own, 0)).toBe(size);
      }),
    );
  });

  it('given a kernel of convolution, then its slices are windows between two channels, scored by their mean', () => {
    const shape = [1, 2, 2, 3];
    const scores = Float32Array.from({ length: 12 }, (_, i) => i);
    expect([...kernel.atomOf({ shape, axes: CONV }, {})]).toEqual([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5]);
    expect([...atomsOf(kernel, { shape, axes: CONV }, scores, {}).scores]).toEqual([3, 4, 5, 6, 7, 8]);
    expect(kernel.prunes?.({ shape: [4, 4], axes: roles('in', 'out') })).toBe(false);
    expect(kernel.unfit({ shape: [4, 4], axes: roles('in', 'out') }, {})?.allowed).toBe('kernels of convolutions');
  });

  it('given blocks of a kernel of convolution, then its matrix has a column for each output', () => {
    const settings = { height: 2, width: 2, pooling: 'max' };
    const kernel = { shape: [1, 2, 2, 3], axes: CONV };
    const scores = Float32Array.from({ length: 12 }, (_, i) => i);
    expect([...block.atomOf(kernel, settings)]).toEqual([0, 0, 1, 0, 0, 1, 2, 2, 3, 2, 2, 3]);
    expect([...atomsOf(block, kernel, scores, settings).scores]).toEqual([4, 5, 10, 11]);
    expect(block.unfit({ shape: [4], axes: roles('in') }, settings)).not.toBeNull();
  });

  it('given a side that is short of whole blocks by two, then scores come from the window that tfmot pools', () => {
    const kernel = { shape: [1, 4], axes: roles('in', 'out') };
    const settings = { height: 1, width: 3, pooling: 'avg' };
    // Padded by one before and one behind: windows of columns 0 to 1 and 2 to 3, blocks of 0 to 2 and 3.
    expect([...atomsOf(block, kernel, Float32Array.from([1, 3, 5, 9]), settings).scores]).toEqual([2, 7]);
  });
});

describe('N:M', () => {
  it('given layouts with the input channels elsewhere, then groups run along them', () => {
    const transposed = roles('fixed', 'fixed', 'out', 'in');
    const values = Float32Array.from([1, 2, 3, 4, 8, 7, 6, 5]);
    expect([...nOfMMask(values, [1, 1, 2, 4], transposed, 2, 4)]).toEqual([0, 0, 1, 1, 1, 1, 0, 0]);
    expect([...nOfMMask(values, [4, 2], roles('in', 'out'), 2, 4)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    const recurrent: Axis[] = [{ role: 'out' }, { role: 'gates', count: 2 }];
    expect([...nOfMMask(values, [4, 2], recurrent, 2, 4)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  it('given a last group that is not full, then it loses only what the zeros behind it do not make up for', () => {
    expect([...nOfMMask(Float32Array.from([4, 3, 2, 1, 6, 5, 7]), [7, 1], roles('in', 'out'), 2, 4)]).toEqual([
      1, 1, 0, 0, 1, 0, 1,
    ]);
    expect([...nOfMMask(new Float32Array(5), [5, 1], roles('in', 'out'), 3, 4)]).toEqual([1, 0, 0, 0, 1]);
  });

  it('given groups that do not divide the input channels, then that is told with those that do', () => {
    const settings = { groupSize: 4 };
    expect(nOfM.unfit({ shape: [3, 3, 8, 5], axes: CONV }, settings)).toBeNull();
    expect(nOfM.unfit({ shape: [3, 3, 6, 5], axes: CONV }, settings)).toEqual({
      message: 'Groups of 4 do not divide its 6 input channels',
      allowed: 'groups of 2, 3, 6',
    });
    expect(nOfM.unfit({ shape: [3, 3, 1, 5], axes: CONV }, settings)?.allowed).toBe('no groups at all');
    expect(nOfM.sparsities?.(settings)).toEqual([0, 0.25, 0.5, 0.75]);
  });
});
