import { connection, type Refusal } from '../api/gateway.js';
import { refused } from './ask.js';

/** Tells while the gateway does not answer, and what could not be done. */
export function Notices() {
  return (
    <div class="notices" aria-live="polite">
      {connection.value === 'lost' && (
        <p class="notice lost" role="status">
          The gateway does not answer. What you see is the last that it told; this page tries again by itself.
        </p>
      )}
      {refused.value !== null && (
        <p class="notice refused" role="alert">
          {refused.value}{' '}
          <button
            type="button"
            class="plain"
            onClick={() => {
              refused.value = null;
            }}
          >
            Dismiss
          </button>
        </p>
      )}
    </div>
  );
}

/** Says why something is not there. */
export function Missing({ refusal, what }: { readonly refusal: Refusal; readonly what: string }) {
  if (refusal.isAbsent) return <p class="empty">This gateway does not offer {what}.</p>;
  const { message, hint } = refusal.data;
  return (
    <p class="empty" role="alert">
      {message}
      {hint !== undefined && <span class="hint"> {hint}</span>}
    </p>
  );
}
