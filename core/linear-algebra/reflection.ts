import { dot } from './matrix.js';

/** Below this the square of a number has few digits left. */
const TINY = 1e-145;

/**
 * Householder's reflection I − v·vᵀ that leaves of a vector only its first entry (Golub and Van Loan 2013, section 5.1). The vector becomes v,
 * of squared length 2, or 0 where there is nothing to reflect.
 * @returns the entry that is left
 */
export function reflect(vector: Float64Array): number {
  const length = Math.sqrt(dot(vector, vector));
  if (length < TINY) {
    vector.fill(0);
    return 0;
  }
  const head = vector[0] ?? 0;
  // Away from the head, so that no digits cancel.
  const left = head > 0 ? -length : length;
  vector[0] = head - left;
  const scale = 1 / Math.sqrt(length * (length + Math.abs(head)));
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) * scale;
  return left;
}
