import { describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../../core/network/tensorflow.js';
import { relativeDifference } from '../../../../core/training/engines/agreement.js';
import { withNudged } from '../../../../core/training/engines/nudged.js';

const tf = loadTensorFlow();

describe('nudged weights', () => {
  it('given weights, then they are moved in their last digits, the same way each time, and are what they were afterwards', () => {
    const values = Float32Array.from({ length: 100 }, (_, i) => (i - 50) / 7);
    const variable = tf.variable(tf.tensor1d(values));
    const before = tf.memory().numTensors;
    const look = (): Float32Array =>
      withNudged(tf, new Map([['w', variable]]), () => variable.dataSync().slice() as Float32Array);
    const [moved, again] = [look(), look()];
    expect(moved).toEqual(again);
    expect(relativeDifference(values, moved)).toBeGreaterThan(1e-7);
    expect(relativeDifference(values, moved)).toBeLessThan(2e-6);
    expect(variable.dataSync()).toEqual(values);
    expect(() =>
      withNudged(tf, new Map([['w', variable]]), () => {
        throw new Error('broken');
      }),
    ).toThrow('broken');
    expect(variable.dataSync()).toEqual(values);
    expect(tf.memory().numTensors).toBe(before);
    variable.dispose();
  });
});
