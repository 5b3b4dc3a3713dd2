import { ApplicationFailure } from '@temporalio/common';
import { type ErrorCode, type ErrorData, PrunefrontError } from '../core/errors.js';

/** Causes that another try can mend: the place, not the candidate, is at fault. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'PRUNEFRONT_STORE_FULL',
  'PRUNEFRONT_STORE_READ_ONLY',
  'PRUNEFRONT_INTERNAL',
  'PRUNEFRONT_NOTIFY_FAILED',
]);

/** Error data as a Temporal failure: its code is the type, its data the details. */
export function failureOf(data: ErrorData, nonRetryable = !PASSING.has(data.code)): ApplicationFailure {
  return ApplicationFailure.create({ message: data.message, type: data.code, nonRetryable, details: [data] });
}

/** Runs an activity's work; its `PrunefrontError`s become failures that the workflow can match by code. */
export async function typedFailures<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PrunefrontError) throw failureOf(error.toData());
    throw error;
  }
}
