import { connection, Refusal } from './gateway.js';

const FIRST_MS = 300;
const LONGEST_MS = 5000;

/** Resolves after a time, or when the signal fires. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * Does something until it comes to its end, again and again where the connection breaks; each time a little later.
 * @throws Refusal that will not pass
 */
export async function untilDone(attempt: (worked: () => void) => Promise<void>, signal: AbortSignal): Promise<void> {
  let wait = FIRST_MS;
  while (!signal.aborted) {
    try {
      await attempt(() => {
        wait = FIRST_MS;
      });
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refusal && !error.passes) throw error;
      if (error instanceof Refusal) connection.value = 'lost';
      await pause(wait, signal);
      wait = Math.min(2 * wait, LONGEST_MS);
    }
  }
}
