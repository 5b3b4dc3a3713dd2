import { type ServiceError, status as Status } from '@grpc/grpc-js';
import type { ErrorCode, ErrorData } from '../../../core/errors.js';
import { errorTrailer } from '../../../proto/error-details.js';
import { errorDataOf } from '../calls/error-data.js';

/** Where a code is not here, what was asked for is at fault. */
const STATUS: Partial<Record<ErrorCode, Status>> = {
  PRUNEFRONT_SWEEP_NOT_FOUND: Status.NOT_FOUND,
  PRUNEFRONT_CANDIDATE_NOT_FOUND: Status.NOT_FOUND,
  PRUNEFRONT_NODE_NOT_FOUND: Status.NOT_FOUND,
  PRUNEFRONT_UNAUTHENTICATED: Status.UNAUTHENTICATED,
  PRUNEFRONT_FORBIDDEN: Status.PERMISSION_DENIED,
  PRUNEFRONT_CONFLICT: Status.ALREADY_EXISTS,
  PRUNEFRONT_OVERLOADED: Status.RESOURCE_EXHAUSTED,
  PRUNEFRONT_SCHEDULE_NOT_FOUND: Status.NOT_FOUND,
  PRUNEFRONT_PUBLISHED_NOT_FOUND: Status.NOT_FOUND,
  PRUNEFRONT_ARTIFACT_MISSING: Status.NOT_FOUND,
  PRUNEFRONT_ARTIFACT_CORRUPT: Status.DATA_LOSS,
  PRUNEFRONT_SWEEP_STATE: Status.FAILED_PRECONDITION,
  PRUNEFRONT_UNREACHABLE: Status.UNAVAILABLE,
  PRUNEFRONT_TEMPORAL_SETUP: Status.FAILED_PRECONDITION,
  PRUNEFRONT_STORE_FULL: Status.RESOURCE_EXHAUSTED,
  PRUNEFRONT_STORE_READ_ONLY: Status.FAILED_PRECONDITION,
  PRUNEFRONT_CALL_UNKNOWN: Status.UNIMPLEMENTED,
  PRUNEFRONT_FOREIGN_ORIGIN: Status.PERMISSION_DENIED,
  PRUNEFRONT_INTERNAL: Status.INTERNAL,
};

/** Bytes of each text: some gRPC clients take eight kilobytes of trailers, and a text may be there twice, and in base64. */
const LONGEST_TEXT = 480;

/** Any error as a gRPC status whose trailer carries the error data. */
export function callError(error: unknown): Pick<ServiceError, 'code' | 'details' | 'metadata' | 'name' | 'message'> {
  const typed = typedError(error);
  const data = shortened(typed.data);
  const { message } = data;
  const code = typed.status;
  return { name: 'ServiceError', message, code, details: message, metadata: errorTrailer(code, data) };
}

/** Any error with its data and the gRPC status that stands for it, whichever transport tells it. */
export function typedError(error: unknown): { readonly data: ErrorData; readonly status: Status } {
  const data = errorDataOf(error);
  return { data, status: STATUS[data.code] ?? Status.INVALID_ARGUMENT };
}

/** The same error with every text short enough; a list of all sweeps, or what a spec holds, may be longer than trailers can be. */
function shortened(data: ErrorData): ErrorData {
  const texts = Object.entries(data).map(([name, text]: [string, string]) => [name, beginning(text)]);
  return Object.fromEntries(texts) as ErrorData;
}

function beginning(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= LONGEST_TEXT) return text;
  // A character that was cut in two is left out.
  return `${bytes
    .subarray(0, LONGEST_TEXT - 3)
    .toString()
    .replace(/\uFFFD+$/, '')}…`;
}
