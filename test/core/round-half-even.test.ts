import { expect, it } from 'vitest';
import { roundHalfEven } from '../../core/round-half-even.js';

it.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [34.500003, 35],
  [3, 3],
])('given %d, then it rounds to %i', (value, rounded) => {
  expect(roundHalfEven(value)).toBe(rounded);
});
