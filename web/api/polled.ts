import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { pause } from './again.js';
import { Refusal } from './gateway.js';
import { token } from './session.js';

/** What was asked for last, and why it cannot be had. */
export interface Polled<T> {
  readonly value: T | null;
  readonly refusal: Refusal | null;
  /** Asks again now. */
  reload(): void;
}

/**
 * Asks for something again and again while it is on the page. What is known stays while the connection is broken.
 * @param key - asks anew where it changes
 */
export function usePolled<T>(load: () => Promise<T>, everyMs: number, key: string): Polled<T> {
  const value = useSignal<T | null>(null);
  const refusal = useSignal<Refusal | null>(null);
  const asked = useSignal(0);
  const count = asked.value;
  const bearer = token.value;
  useEffect(() => {
    const gone = new AbortController();
    const poll = async (): Promise<void> => {
      while (!gone.signal.aborted) {
        try {
          const loaded = await load();
          if (gone.signal.aborted) return;
          value.value = loaded;
          refusal.value = null;
        } catch (error) {
          if (gone.signal.aborted) return;
          if (error instanceof Refusal) refusal.value = error;
        }
        await pause(everyMs, gone.signal);
      }
    };
    void poll();
    return () => gone.abort();
  }, [key, count, bearer]);
  const reload = (): void => {
    asked.value += 1;
  };
  return { value: value.value, refusal: refusal.value, reload };
}
