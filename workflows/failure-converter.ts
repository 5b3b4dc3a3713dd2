import { DefaultFailureConverter } from '@temporalio/common';

/** Variable in front of the bundle of workflows where payloads are encrypted. */
const ENCODES = 'prunefrontEncodesFailures';

/** How workflows tell failures: in words that Temporal's page shows, or, where payloads are encrypted, as payloads. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: ENCODES in globalThis });
