import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countLeading } from '../../core/count-leading.js';

it('given an ascending list, then as many lead as a look at each one finds', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -9, max: 9 })), fc.integer({ min: -10, max: 10 }), (values, limit) => {
      const ascending = Float32Array.from(values).sort();
      expect(countLeading(ascending, (value) => value < limit)).toBe(values.filter((value) => value < limit).length);
    }),
  );
});
