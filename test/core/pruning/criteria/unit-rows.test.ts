import { describe, expect, it } from 'vitest';
import { inputAxis, type ScoredKernel } from '../../../../core/pruning/criteria/index.js';
import { sumOverUnits, unitAxis, unitRows } from '../../../../core/pruning/criteria/unit-rows.js';
import { LAYER_KINDS, layerOf } from '../../../support/scored-layers.js';

/** Weights that say where they are. */
const counted = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => i);

function kernel(shape: readonly number[], axes: ScoredKernel['axes']): ScoredKernel {
  const size = shape.reduce((product, n) => product * n, 1);
  return { layer: 'l', weight: 'l/kernel', shape, axes, values: counted(size) };
}

const FIXED = { role: 'fixed' } as const;
const IN = { role: 'in' } as const;
const OUT = { role: 'out' } as const;

describe('rows of units', () => {
  it('given a kernel with units last, then a unit is a column', () => {
    const layer = { layer: 'l', units: 3, kernels: [kernel([2, 3], [IN, OUT])] };
    expect(unitRows(layer)).toEqual({ units: 3, fanIn: 2, values: Float32Array.of(0, 3, 1, 4, 2, 5) });
  });

  it('given a transposed convolution, then units lie on the axis before the last', () => {
    const layer = { layer: 'l', units: 2, kernels: [kernel([2, 1, 2, 3], [FIXED, FIXED, OUT, IN])] };
    expect([...unitRows(layer).values]).toEqual([0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11]);
  });

  it('given gates, then a unit has its column of each block of both kernels', () => {
    const gates = { role: 'gates', count: 3 } as const;
    const kernels = [kernel([1, 6], [IN, gates]), kernel([2, 6], [OUT, gates])];
    const rows = unitRows({ layer: 'l', units: 2, kernels });
    expect(rows.fanIn).toBe(9);
    expect([...rows.values]).toEqual([0, 2, 4, 0, 2, 4, 6, 8, 10, 1, 3, 5, 1, 3, 5, 7, 9, 11]);
  });

  it('given a depthwise kernel, then it makes no units', () => {
    const depthwise = kernel([2, 2, 3, 1], [FIXED, FIXED, IN, FIXED]);
    expect(unitAxis(depthwise)).toBe(-1);
    expect(unitRows({ layer: 'l', units: 3, kernels: [depthwise] }).fanIn).toBe(0);
  });

  it('given kernels of recurrent layers, then the input of the recurrent one is its units', () => {
    const [own, recurrent] = layerOf('SimpleRNN', 1).kernels;
    expect([own, recurrent].map((each) => each && [inputAxis(each), unitAxis(each)])).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it.each([...LAYER_KINDS.keys()])('given %s, then every weight is in one row', (kind) => {
    const layer = layerOf(kind, 1);
    const weights = layer.kernels.flatMap(({ values }) => [...values]);
    const rows = unitRows(layer);
    expect(rows.values.length).toBe(layer.units * rows.fanIn);
    expect([...rows.values].sort()).toEqual(weights.sort());
    sumOverUnits(layer, ({ values }) => values).forEach((sum, unit) => {
      const row = rows.values.subarray(unit * rows.fanIn, (unit + 1) * rows.fanIn);
      expect(sum).toBeCloseTo(
        row.reduce((total, value) => total + value, 0),
        5,
      );
    });
  });
});
