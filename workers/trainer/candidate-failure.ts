import { PrunefrontError } from '../../core/errors.js';

/** An error of a stage as the typed cause it has: TensorFlow says out of memory and impossible shapes only in words. */
export function candidateFailure(error: unknown): unknown {
  const isPlugins = error instanceof PrunefrontError && error.code === 'PRUNEFRONT_PLUGIN';
  const thrown = isPlugins ? error.cause : error;
  if (thrown instanceof PrunefrontError || !(thrown instanceof Error)) return error;
  if (/\bOOM\b|ResourceExhausted|out of memory|bad_alloc/i.test(thrown.message)) {
    return new PrunefrontError(
      'PRUNEFRONT_OUT_OF_MEMORY',
      'The device ran out of memory',
      { found: thrown.message },
      { cause: thrown },
    );
  }
  if (isPlugins) return error;
  if (/shape|negative dimension|incompatible/i.test(thrown.message)) {
    return new PrunefrontError(
      'PRUNEFRONT_IMPOSSIBLE_SHAPE',
      'The candidate asks for a shape that cannot exist',
      { found: thrown.message },
      { cause: thrown },
    );
  }
  return error;
}
