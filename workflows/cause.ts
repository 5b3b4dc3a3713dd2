import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/workflow';
import { type ErrorData, isErrorCode } from '../core/errors.js';

/** The typed cause behind a failed activity or child workflow. */
export function causeOf(error: unknown): ErrorData {
  const failure = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure ? error.cause : error;
  if (!(failure instanceof ApplicationFailure)) {
    return { code: 'PRUNEFRONT_INTERNAL', message: failure instanceof Error ? failure.message : String(failure) };
  }
  const [data] = failure.details ?? [];
  if (
    typeof data === 'object' &&
    data !== null &&
    'code' in data &&
    typeof data.code === 'string' &&
    isErrorCode(data.code)
  )
    return data as ErrorData;
  const type = failure.type ?? '';
  return { code: isErrorCode(type) ? type : 'PRUNEFRONT_INTERNAL', message: failure.message };
}
