import { describe, expect, it } from 'vitest';
import { disturbanceBy, disturbanceInWords, loadNow } from '../../../workers/gpu-node/disturbance.js';

describe('what may disturb a calibration', () => {
  it.each([
    [0, null, ''],
    [0.5, null, ''],
    [0.51, 0.51, 'others kept 0.5 cores busy, so it may be disturbed'],
    [7.23, 7.23, 'others kept 7.2 cores busy, so it may be disturbed'],
  ])('given a load of %d before it begins, then it is %j: %j', (load, expected, words) => {
    expect(disturbanceBy(load)).toBe(expected);
    expect(disturbanceInWords(disturbanceBy(load))).toBe(words);
  });

  it('given this machine, then its load is a number of cores', () => {
    expect(loadNow()).toBeGreaterThanOrEqual(0);
  });
});
