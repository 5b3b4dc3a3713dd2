import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelsAlong, oneChannel } from '../../../../core/compression/kernels.js';
import {
  channelAt,
  dequantize,
  integerRange,
  type QuantizationFormat,
  quantize,
} from '../../../../core/compression/quantization/quantize.js';

const format: fc.Arbitrary<QuantizationFormat> = fc.record({
  scheme: fc.constantFrom('symmetric', 'asymmetric'),
  bits: fc.integer({ min: 2, max: 16 }),
});
const weight = fc.oneof(
  fc.constant(0),
  fc.float({ min: -8, max: 8, noNaN: true }),
  fc.float({ min: Math.fround(-1e30), max: Math.fround(1e30), noNaN: true }),
);
const tensor = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 }))
  .chain(([outer, count, inner]) =>
    fc.record({
      channels: fc.constant({ count, inner }),
      values: fc
        .array(weight, { minLength: outer * count * inner, maxLength: outer * count * inner })
        .map((values) => Float32Array.from(values)),
    }),
  );

describe('quantize', () => {
  it('given any weights, then zeros stay exactly zero and nothing moves by more than half a step of its channel', () => {
    fc.assert(
      fc.property(tensor, format, ({ values, channels }, own) => {
        const quantized = quantize(values, channels, own);
        dequantize(quantized).forEach((value, i) => {
          const before = values[i] ?? 0;
          if (before === 0) expect(Object.is(value, 0)).toBe(true);
          // An asymmetric range moves by the rounding of its zero point, which may cut off another half.
          const steps = own.scheme === 'symmetric' ? 0.51 : 1.01;
          expect(Math.abs(value - before)).toBeLessThanOrEqual((quantized.scale[channelAt(channels, i)] ?? 0) * steps);
        });
      }),
    );
  });

  it('given any weights, then their integers are those of the format, in the smallest array that holds them', () => {
    fc.assert(
      fc.property(tensor, format, ({ values, channels }, own) => {
        const { integers } = quantize(values, channels, own);
        const { min, max } = integerRange(own);
        expect(integers.every((integer) => integer >= min && integer <= max)).toBe(true);
        expect(integers.BYTES_PER_ELEMENT).toBe(own.bits <= 8 ? 1 : 2);
      }),
    );
  });

  it('given channels, then each is quantized as if it were alone', () => {
    fc.assert(
      fc.property(tensor, format, ({ values, channels }, own) => {
        const whole = dequantize(quantize(values, channels, own));
        for (let channel = 0; channel < channels.count; channel++) {
          const isOwn = (_: number, i: number): boolean => channelAt(channels, i) === channel;
          const alone = values.filter(isOwn);
          expect(whole.filter(isOwn)).toEqual(dequantize(quantize(alone, oneChannel(alone.length), own)));
        }
      }),
    );
  });

  it('given halves, then they are rounded to even', () => {
    const values = Float32Array.of(7, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5);
    const { integers } = quantize(values, oneChannel(7), { scheme: 'symmetric', bits: 4 });
    expect([...integers]).toEqual([7, 0, 2, 2, 0, -2, -2]);
    const unsigned = quantize(Float32Array.of(12, -3, 0.5, 1.5, -0.5), oneChannel(5), {
      scheme: 'asymmetric',
      bits: 4,
    });
    expect([...unsigned.zeroPoint]).toEqual([3]);
    expect([...unsigned.integers]).toEqual([15, 0, 3, 5, 3]);
  });

  it.each([
    ['nothing but zeros', [0, -0, 0], [0, 0, 0]],
    ['a positive constant', [3, 3, 3], [3, 3, 3]],
    ['a negative constant', [-3, -3, -3], [-3, -3, -3]],
    ['what is too small for a scale', [1e-38, 0, -1e-45], [0, 0, 0]],
    ['nothing', [], []],
  ])('given %s, then both schemes give it back', (_, values, expected) => {
    for (const scheme of ['symmetric', 'asymmetric'] as const) {
      const quantized = quantize(Float32Array.from(values), oneChannel(values.length), { scheme, bits: 8 });
      expect([...dequantize(quantized)]).toEqual(expected);
      expect(quantized.scale.every((scale) => scale > 0)).toBe(true);
    }
  });

  it('given an axis, then it is counted from either end', () => {
    expect(channelsAlong([3, 3, 2, 5], 3)).toEqual({ count: 5, inner: 1 });
    expect(channelsAlong([3, 3, 2, 5], -2)).toEqual({ count: 2, inner: 5 });
    expect(channelsAlong([3, 3, 2, 5], 2, -1)).toEqual({ count: 10, inner: 1 });
  });
});
