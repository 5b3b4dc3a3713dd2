import { PrunefrontError } from '../../core/errors.js';
import type { NotifyActivities } from '../../core/nightly/activities.js';
import { typedFailures } from '../typed-failures.js';

/** Posts the record of a night as JSON. The header `Idempotency-Key` is the same for every try. */
export function createPostWebhook(): NotifyActivities['postWebhook'] {
  return ({ url, timeoutMs, record }) => typedFailures(() => post(url, timeoutMs, record));
}

async function post(url: string, timeoutMs: number, record: { readonly runId: string }): Promise<void> {
  let found: string;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': record.runId },
      body: JSON.stringify(record),
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    if (response.ok) return;
    found = `${response.status} ${response.statusText}`.trim();
  } catch (error) {
    found = reasonOf(error, timeoutMs);
  }
  throw new PrunefrontError('PRUNEFRONT_NOTIFY_FAILED', `The webhook could not be told: ${found}`, {
    // Path and query may hold a secret.
    place: new URL(url).origin,
    found,
    allowed: 'an answer of 200 to 299',
  });
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  // fetch tells what went wrong in its cause only.
  return error.cause instanceof Error ? error.cause.message : error.message;
}
