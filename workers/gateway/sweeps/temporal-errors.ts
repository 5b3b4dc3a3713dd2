import { status as Status } from '@grpc/grpc-js';
import { ServiceError as TemporalServiceError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';

/** Whether the Temporal server cannot be reached at the moment. */
export function isUnavailable(error: unknown): boolean {
  const { code } = grpcCause(error);
  return code === Status.UNAVAILABLE || code === Status.DEADLINE_EXCEEDED || code === Status.CANCELLED;
}

/** Code and details of the gRPC error below an error of Temporal's client, where there is one. */
export function grpcCause(error: unknown): { readonly code?: unknown; readonly details?: unknown } {
  const wrapped = error instanceof TemporalServiceError || error instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
  const cause = wrapped ? error.cause : error;
  return cause instanceof Error ? (cause as Error & { readonly code?: unknown; readonly details?: unknown }) : {};
}
