import { type ServiceError, status as Status } from '@grpc/grpc-js';
import { ServiceError as TemporalServiceError } from '@temporalio/client';
import { type ErrorCode, type ErrorData, PrunefrontError, toErrorData } from '../../core/errors.js';
import { errorTrailer } from '../../proto/load.js';

const STATUS: Partial<Record<ErrorCode, Status>> = {
  PRUNEFRONT_SWEEP_NOT_FOUND: Status.NOT_FOUND,
  PRUNEFRONT_CANDIDATE_NOT_FOUND: Status.NOT_FOUND,
  PRUNEFRONT_ARTIFACT_MISSING: Status.NOT_FOUND,
  PRUNEFRONT_SWEEP_STATE: Status.FAILED_PRECONDITION,
  PRUNEFRONT_UNREACHABLE: Status.UNAVAILABLE,
  PRUNEFRONT_STORE_FULL: Status.RESOURCE_EXHAUSTED,
  PRUNEFRONT_STORE_READ_ONLY: Status.FAILED_PRECONDITION,
  PRUNEFRONT_INTERNAL: Status.INTERNAL,
};

/** Any error as a gRPC status whose trailer carries the error data. */
export function callError(error: unknown): Pick<ServiceError, 'code' | 'details' | 'metadata' | 'name' | 'message'> {
  const data = temporalUnreachable(error) ?? toErrorData(error);
  return {
    name: 'ServiceError',
    message: data.message,
    code: STATUS[data.code] ?? Status.INVALID_ARGUMENT,
    details: data.message,
    metadata: errorTrailer(JSON.stringify(data)),
  };
}

/** Whether the Temporal server cannot be reached at the moment. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const cause = error instanceof TemporalServiceError ? error.cause : error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return code === Status.UNAVAILABLE || code === Status.DEADLINE_EXCEEDED || code === Status.CANCELLED;
}

function temporalUnreachable(error: unknown): ErrorData | null {
  if (error instanceof PrunefrontError || !isUnavailable(error)) return null;
  return {
    code: 'PRUNEFRONT_UNREACHABLE',
    message: 'The Temporal server does not answer',
    hint: 'start it, then try again',
  };
}
