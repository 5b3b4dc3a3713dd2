import { status as Status } from '@grpc/grpc-js';
import { type ErrorData, PrunefrontError } from '../../../core/errors.js';
import { typedError } from '../grpc/call-errors.js';

/** The HTTP status for each gRPC status that a call can end with; any other is 500. */
const HTTP_STATUS: Partial<Record<Status, number>> = {
  [Status.INVALID_ARGUMENT]: 400,
  [Status.OUT_OF_RANGE]: 400,
  [Status.UNAUTHENTICATED]: 401,
  [Status.PERMISSION_DENIED]: 403,
  [Status.NOT_FOUND]: 404,
  [Status.ALREADY_EXISTS]: 409,
  [Status.ABORTED]: 409,
  [Status.FAILED_PRECONDITION]: 412,
  [Status.RESOURCE_EXHAUSTED]: 429,
  [Status.UNIMPLEMENTED]: 501,
  [Status.UNAVAILABLE]: 503,
  [Status.DEADLINE_EXCEEDED]: 504,
};

/** What fastify itself refuses a request for, by the status that it chose. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'The request cannot be read',
  413: 'The request is too large',
  415: 'The body of a request is JSON: `Content-Type: application/json`',
};

/** Any error as an HTTP status and the error data of its body. */
export function httpError(error: unknown): { readonly status: number; readonly data: ErrorData } {
  const refused = refusal(error);
  if (refused !== null) return refused;
  const { data, status } = typedError(error);
  return { status: HTTP_STATUS[status] ?? 500, data };
}

function refusal(error: unknown): { readonly status: number; readonly data: ErrorData } | null {
  if (!(error instanceof Error) || error instanceof PrunefrontError) return null;
  const { statusCode, code } = error as Error & { readonly statusCode?: unknown; readonly code?: unknown };
  if (typeof statusCode !== 'number' || typeof code !== 'string' || !code.startsWith('FST_')) return null;
  const message = REFUSALS[statusCode];
  if (message === undefined) return null;
  return { status: statusCode, data: { code: 'PRUNEFRONT_REQUEST', message, found: error.message } };
}
