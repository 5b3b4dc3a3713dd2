// @ts-check
'use strict';
// Temporal loads a failure converter with `require`, so this one cannot be a module of TypeScript's.
const { DefaultFailureConverter } = require('@temporalio/common');

/** Messages and stacks of failures as payloads, so that they are encrypted like all others. */
exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
