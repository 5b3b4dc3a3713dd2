import type { Variable } from '@tensorflow/tfjs';
import type { Tf } from '../../network/tf.js';

/** Part of itself that a weight is moved by at most: some units in the last place of float32. */
const NUDGE = 1e-6;

/**
 * Runs with all weights moved by up to a millionth of themselves, the same way each time, and puts them back: what jumps then, jumps by
 * rounding, too.
 */
export function withNudged<T>(tf: Tf, weights: ReadonlyMap<string, Variable>, run: () => T): T {
  const variables = [...weights.values()];
  const before = variables.map((variable) => variable.clone());
  try {
    variables.forEach((variable, i) => {
      tf.tidy(() => {
        const moved = tf.randomUniform(variable.shape, 1 - NUDGE, 1 + NUDGE, 'float32', i + 1);
        variable.assign(variable.mul(moved));
      });
    });
    return run();
  } finally {
    variables.forEach((variable, i) => {
      variable.assign(before[i] as Variable);
    });
    tf.dispose(before);
  }
}
