import { PrunefrontError } from '../../core/errors.js';

/** An error of a stage as the typed cause it has: TensorFlow says out of memory and impossible shapes only in words. */
export function candidateFailure(error: unknown): unknown {
  if (error instanceof PrunefrontError || !(error instanceof Error)) return error;
  if (/\bOOM\b|ResourceExhausted|out of memory|bad_alloc/i.test(error.message)) {
    return new PrunefrontError(
      'PRUNEFRONT_OUT_OF_MEMORY',
      'The device ran out of memory',
      { found: error.message },
      { cause: error },
    );
  }
  if (/shape|negative dimension|incompatible/i.test(error.message)) {
    return new PrunefrontError(
      'PRUNEFRONT_IMPOSSIBLE_SHAPE',
      'The candidate asks for a shape that cannot exist',
      { found: error.message },
      { cause: error },
    );
  }
  return error;
}
