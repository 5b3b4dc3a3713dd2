import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EagerOnly } from '../../../../core/training/compiled/eager-only.js';
import type { Trace, Traced } from '../../../../core/training/compiled/tracer/trace.js';
import {
  AGREEMENT,
  agreementOn,
  relativeDifference,
  requireAgreement,
  requireSimilarity,
} from '../../../../core/training/engines/agreement.js';

const traced = (...values: number[]): Traced => ({ id: 1, shape: [values.length], values: Float32Array.from(values) });
const eager: Trace = {
  recording: { events: [], wasReadBack: false },
  inputs: [],
  variables: new Map(),
  outputs: [traced(2), traced(1, -4), traced(0, 0)],
  changes: new Map([['norm/moving_mean', traced(1, 2)]]),
};
const of = (...values: number[]): Float32Array => Float32Array.from(values);
const judged =
  (outputs: Float32Array[], mean = of(1, 2)) =>
  (): void =>
    requireAgreement(
      eager,
      { outputs, changes: new Map([['norm/moving_mean', mean]]) },
      ['a/kernel', 'a/bias'],
      AGREEMENT,
      () => eager,
    );

describe('agreement', () => {
  it('given what eager gave, then it agrees; given rounding, too', () => {
    expect(judged([of(2), of(1, -4), of(0, 0)])).not.toThrow();
    expect(judged([of(2 * (1 + AGREEMENT / 2)), of(1 + AGREEMENT, -4), of(0, 0)])).not.toThrow();
  });

  it.each([
    ['loss', [of(2.1), of(1, -4), of(0, 0)], of(1, 2)],
    ['loss', [of(Number.NaN), of(1, -4), of(0, 0)], of(1, 2)],
    ['gradient of a/kernel', [of(2), of(1.001, -4), of(0, 0)], of(1, 2)],
    ['gradient of a/kernel', [of(2), of(1), of(0, 0)], of(1, 2)],
    ['gradient of a/bias', [of(2), of(1, -4), of(0, 1e-5)], of(1, 2)],
    ['gradient of a/bias', [of(2), of(1, -4)], of(1, 2)],
    ['norm/moving_mean', [of(2), of(1, -4), of(0, 0)], of(1, 2.1)],
  ])('given another %s, then it runs eagerly and names it', (name, outputs, mean) => {
    expect(judged(outputs, mean)).toThrow(EagerOnly);
    expect(judged(outputs, mean)).toThrow(`the compiled ${name} differs from eager's by `);
  });

  it('given a GPU, whose graphs add up in another order, then more is taken for rounding, and no more than that', () => {
    const changes = eager.changes as ReadonlyMap<string, Traced>;
    const mean = new Map([...changes].map(([name, { values }]) => [name, values]));
    const judge = (apart: number, isUsingGpuDevice: boolean) => () =>
      requireAgreement(
        eager,
        { outputs: [of(2), of(1 + 4 * apart, -4), of(0, 0)], changes: mean },
        ['a/kernel', 'a/bias'],
        agreementOn({ isUsingGpuDevice }),
        () => eager,
      );
    expect(judge(5e-5, true)).not.toThrow();
    expect(judge(5e-5, false)).toThrow(EagerOnly);
    expect(judge(5e-4, true)).toThrow(EagerOnly);
  });

  it('given a gradient that is zero in truth beside others, then its rounding is none of a difference', () => {
    const withNoise = { ...eager, outputs: [traced(2), traced(1, -4), traced(3e-8, -1e-8)] };
    const found = (noise: Float32Array) => ({
      outputs: [of(2), of(1, -4), noise],
      changes: new Map([['norm/moving_mean', of(1, 2)]]),
    });
    const names = ['a/kernel', 'a/bias'];
    expect(() => requireAgreement(withNoise, found(of(-2e-8, 4e-8)), names, AGREEMENT, () => withNoise)).not.toThrow();
    expect(() => requireAgreement(withNoise, found(of(1e-5, 0)), names, AGREEMENT, () => withNoise)).toThrow(
      'gradient of a/bias differs',
    );
  });

  it('given a gradient that jumps where weights move in their last digits, then twice that is rounding; a loss never jumps', () => {
    const jumping = (loss: number, apart: number) => () =>
      requireAgreement(
        eager,
        { outputs: [of(loss), of(1 + 4 * apart, -4), of(0, 0)], changes: new Map([['norm/moving_mean', of(1, 2)]]) },
        ['a/kernel', 'a/bias'],
        AGREEMENT,
        () => ({ ...eager, outputs: [traced(2), traced(1.004, -4), traced(0, 0)] }),
      );
    expect(jumping(2, 1.9e-3)).not.toThrow();
    expect(jumping(2, 2.1e-3)).toThrow('gradient of a/kernel differs');
    expect(jumping(2.001, 0)).toThrow('the compiled loss differs');
  });

  it('given a loss that is not finite in eager either, then nothing can be said for the graph, and it runs eagerly', () => {
    const broken = { ...eager, outputs: [traced(Number.POSITIVE_INFINITY)], changes: new Map() };
    const found = { outputs: [of(Number.POSITIVE_INFINITY)], changes: new Map() };
    expect(() => requireAgreement(broken, found, [], AGREEMENT, () => broken)).toThrow('the compiled loss differs');
  });
});

describe('similarity of a step in bfloat16', () => {
  const held =
    (outputs: Float32Array[], mean = of(1, 2)) =>
    (): void =>
      requireSimilarity(eager, { outputs, changes: new Map([['norm/moving_mean', mean]]) });

  it('given three right digits, then it is similar, also where a small entry has none of them', () => {
    expect(held([of(2.01), of(1.01, -3.99), of(0, 0)], of(1.01, 2))).not.toThrow();
    expect(held([of(2), of(1, -4), of(0.1, -0.1)])).not.toThrow();
  });

  it.each([
    ['another loss', [of(3), of(1, -4), of(0, 0)], of(1, 2), 'the compiled loss differs'],
    ['no loss', [], of(1, 2), 'the compiled loss differs'],
    ['a gradient of another direction', [of(2), of(4, 1), of(0, 0)], of(1, 2), 'the gradient in bfloat16 differs'],
    ['a gradient twice as long', [of(2), of(2, -8), of(0, 0)], of(1, 2), 'the gradient in bfloat16 differs'],
    ['a gradient that is no number', [of(2), of(1, -4), of(0, Number.NaN)], of(1, 2), 'bfloat16 differs from eager'],
    ['a gradient that is missing', [of(2), of(1, -4)], of(1, 2), 'the gradient in bfloat16 differs'],
    ['another statistic', [of(2), of(1, -4), of(0, 0)], of(1, 3), 'the compiled norm/moving_mean differs'],
  ])('given %s, then it runs eagerly', (_, outputs, mean, reason) => {
    expect(held(outputs, mean)).toThrow(EagerOnly);
    expect(held(outputs, mean)).toThrow(reason);
  });
});

describe('the relative difference', () => {
  const values = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 }), { minLength: 1 });

  it('given any values, then they differ from themselves by nothing, and from a scaled copy by the scale', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0.001, max: 1, noNaN: true }), (own, scale) => {
        const expected = Float64Array.from(own) as unknown as Float32Array;
        expect(relativeDifference(expected, expected)).toBe(0);
        const scaled = expected.map((value) => value * (1 + scale));
        if (own.some((value) => Math.abs(value) > 1e-20))
          expect(relativeDifference(expected, scaled)).toBeCloseTo(scale, 6);
      }),
    );
  });

  it('given any values, when one is no number or missing, then the difference is no number', () => {
    fc.assert(
      fc.property(values, fc.nat(), (own, at) => {
        const broken = Float32Array.from(own, (value, i) => (i === at % own.length ? Number.NaN : value));
        expect(relativeDifference(Float32Array.from(own), broken)).toBeNaN();
        expect(relativeDifference(broken, Float32Array.from(own))).toBeNaN();
        expect(relativeDifference(Float32Array.from(own), broken.subarray(1))).toBeNaN();
      }),
    );
  });
});
