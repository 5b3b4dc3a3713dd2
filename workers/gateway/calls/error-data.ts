import { type ErrorData, PrunefrontError, toErrorData } from '../../../core/errors.js';
import { grpcCause, isUnavailable } from '../sweeps/temporal-errors.js';

/** What a call threw as error data, the same for every transport: what Temporal says is told in our words. */
export function errorDataOf(error: unknown): ErrorData {
  return temporalUnreachable(error) ?? attributesMissing(error) ?? toErrorData(error);
}

function temporalUnreachable(error: unknown): ErrorData | null {
  if (error instanceof PrunefrontError || !isUnavailable(error)) return null;
  return {
    code: 'PRUNEFRONT_UNREACHABLE',
    message: 'The Temporal server does not answer',
    hint: 'start it, then try again',
  };
}

function attributesMissing(error: unknown): ErrorData | null {
  const { details } = grpcCause(error);
  if (typeof details !== 'string' || !/search attribute/i.test(details)) return null;
  return {
    code: 'PRUNEFRONT_TEMPORAL_SETUP',
    message: 'The Temporal namespace has no such search attribute',
    found: details,
    allowed: 'PrunefrontState and PrunefrontName (Keyword), PrunefrontProgress (Double)',
    hint: 'temporal operator search-attribute create --name PrunefrontState --type Keyword --name PrunefrontName --type Keyword --name PrunefrontProgress --type Double',
  };
}
