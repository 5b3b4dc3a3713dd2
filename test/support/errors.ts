import { type ErrorCode, PrunefrontError } from '../../core/errors.js';

/** The error of an action that must fail with the code. */
export async function errorOf(code: ErrorCode, action: () => unknown): Promise<PrunefrontError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof PrunefrontError && error.code === code) return error;
    throw error;
  }
  throw new Error(`expected ${code}, but nothing was thrown`);
}
