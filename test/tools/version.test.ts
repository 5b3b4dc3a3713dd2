import { expect, it } from 'vitest';
// @ts-expect-error set-up is plain JavaScript without declarations
import { compareVersions } from '../../tools/setup/version.mjs';

it.each([
  ['1.5.1', '1.5.1', 0],
  ['1.10.0', '1.9.9', 1],
  ['1.4.9', '1.5.0', -1],
  ['v2', '1.9.9', 1],
  ['20.3.0-nightly', '20.3.0', 0],
])('orders %s and %s as %i', (a, b, order) => {
  expect(compareVersions(a, b)).toBe(order);
});
