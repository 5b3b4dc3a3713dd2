import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PrunefrontError } from '../../core/errors.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { canonicalJson } from '../../core/store/canonical-json.js';

const LONGEST_KEY = 128;
const KEPT_MS = 24 * 3_600_000;
/** Whoever has not renewed its reservation for so long has died. */
const RESERVED_MS = 30_000;
const RENEWED_EVERY_MS = 5000;
const LOOKED_EVERY_MS = 50;

/** What is kept of a request that had a key; without an answer it is a reservation. */
interface Kept {
  readonly request: string;
  readonly answer?: unknown;
  readonly atMs: number;
}

/** Who asked for what under which key. */
export interface KeyedRequest {
  /** Name of the principal: keys of others are other keys. */
  readonly principal: string;
  /** `SweepService/StartSweep`. */
  readonly method: string;
  /** Empty where none was given; then the request is answered anew each time. */
  readonly key: string;
  /** All that decides the answer. */
  readonly request: unknown;
  /** Fires when the caller waits no longer. */
  readonly signal: AbortSignal;
}

/** Makes a repeated request be done once: the same key with the same request is answered as the first time, for 24 hours, by every gateway. */
export class Idempotency {
  constructor(private readonly store: ArtifactStore) {}

  /**
   * Does what was asked for, or answers as the first time. Who comes while the first is under way, at whichever gateway, waits for its answer.
   * What failed is not kept.
   * @throws PrunefrontError `PRUNEFRONT_CONFLICT` for another request under the same key, `PRUNEFRONT_REQUEST` for a key that is too long,
   * `PRUNEFRONT_UNREACHABLE` where the caller's time ends before the first one's answer
   */
  async once<T>({ principal, method, key, request, signal }: KeyedRequest, action: () => Promise<T>): Promise<T> {
    if (key === '') return action();
    if (key.length > LONGEST_KEY) {
      const facts = { place: 'idempotency_key', found: `${key.length} characters`, allowed: `${LONGEST_KEY} at most` };
      throw new PrunefrontError('PRUNEFRONT_REQUEST', 'The idempotency key is too long', facts);
    }
    const name = sha256([principal, method, key]);
    const hash = sha256(request);
    // What no longer counts stays, and its successor has the next number: an exclusive create lets exactly one take it over.
    for (let number = 0; ; ) {
      const path = `idempotency/${name}${number === 0 ? '' : `.${number}`}.json`;
      const kept = (await this.store.getDocument(path)) as Kept | null;
      if (kept === null) {
        const reservation: Kept = { request: hash, atMs: Date.now() };
        if (await this.store.createDocument(path, reservation)) return this.doneAndKept(path, hash, action);
      } else if (!counts(kept)) number += 1;
      else {
        requireSame(key, hash, kept.request);
        if ('answer' in kept) return kept.answer as T;
        await waitFor(signal, key);
      }
    }
  }

  /** Acts under a reservation, which ends with the answer or with the failure. */
  private async doneAndKept<T>(path: string, request: string, action: () => Promise<T>): Promise<T> {
    const reservation = new Reservation(this.store, path, request);
    try {
      const answer = await action();
      await reservation.end();
      await this.store.putDocument(path, { request, answer: answer ?? null, atMs: Date.now() } satisfies Kept);
      return answer;
    } catch (error) {
      await reservation.end();
      // One that nobody renewed for long may have a successor, which counts only while this one stays.
      // And one that cannot be dropped ends by itself: the failure is what the caller has to know.
      if (reservation.isFresh) await this.store.dropDocument(path).catch(() => undefined);
      throw error;
    }
  }
}

/** Tells others now and then that the request is still under way. */
class Reservation {
  private readonly timer: NodeJS.Timeout;
  private renewing: Promise<void> = Promise.resolve();
  private renewedAtMs = Date.now();

  constructor(store: ArtifactStore, path: string, request: string) {
    const renew = async (): Promise<void> => {
      const atMs = Date.now();
      await store.putDocument(path, { request, atMs } satisfies Kept);
      this.renewedAtMs = atMs;
    };
    this.timer = setInterval(() => {
      // A disk that is full for a moment is tried again.
      this.renewing = this.renewing.then(renew).catch(() => undefined);
    }, RENEWED_EVERY_MS);
    this.timer.unref();
  }

  /** Whether nobody can have taken it over. */
  get isFresh(): boolean {
    return Date.now() - this.renewedAtMs < RESERVED_MS / 2;
  }

  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.renewing;
  }
}

function counts(kept: Kept): boolean {
  return Date.now() - kept.atMs < ('answer' in kept ? KEPT_MS : RESERVED_MS);
}

async function waitFor(signal: AbortSignal, key: string): Promise<void> {
  try {
    await sleep(LOOKED_EVERY_MS, undefined, { signal });
  } catch (error) {
    const facts = { place: 'idempotency_key', found: key, hint: 'ask again with the same key' };
    const message = 'The first request with this idempotency key is still under way';
    throw new PrunefrontError('PRUNEFRONT_UNREACHABLE', message, facts, { cause: error });
  }
}

function requireSame(key: string, asked: string, kept: string): void {
  if (asked === kept) return;
  throw new PrunefrontError('PRUNEFRONT_CONFLICT', 'Another request had this idempotency key', {
    ...{ place: 'idempotency_key', found: key, allowed: 'a key of its own for each request' },
  });
}

function sha256(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
