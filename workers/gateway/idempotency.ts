import { createHash } from 'node:crypto';
import { PrunefrontError } from '../../core/errors.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { canonicalJson } from '../../core/store/canonical-json.js';

const LONGEST_KEY = 128;
const KEPT_MS = 24 * 3_600_000;

/** What is kept of a request that had a key. */
interface Kept {
  readonly request: string;
  readonly answer: unknown;
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
}

/** Makes a repeated request be done once: the same key with the same request is answered as the first time, for 24 hours, by every gateway. */
export class Idempotency {
  private readonly underWay = new Map<string, { readonly request: string; readonly answer: Promise<unknown> }>();

  constructor(private readonly store: ArtifactStore) {}

  /**
   * Does what was asked for, or answers as the first time. What failed is not kept.
   * @throws PrunefrontError `PRUNEFRONT_CONFLICT` for another request under the same key, `PRUNEFRONT_REQUEST` for a key that is too long
   */
  async once<T>({ principal, method, key, request }: KeyedRequest, action: () => Promise<T>): Promise<T> {
    if (key === '') return action();
    if (key.length > LONGEST_KEY) {
      const facts = { place: 'idempotency_key', found: `${key.length} characters`, allowed: `${LONGEST_KEY} at most` };
      throw new PrunefrontError('PRUNEFRONT_REQUEST', 'The idempotency key is too long', facts);
    }
    const path = `idempotency/${sha256([principal, method, key])}.json`;
    const hash = sha256(request);
    const same = this.underWay.get(path);
    if (same !== undefined) return answerOf<T>(key, hash, same.request, same.answer);
    const answer = this.keptOrDone(path, key, hash, action);
    this.underWay.set(path, { request: hash, answer });
    try {
      return await answer;
    } finally {
      this.underWay.delete(path);
    }
  }

  private async keptOrDone<T>(path: string, key: string, hash: string, action: () => Promise<T>): Promise<T> {
    const kept = (await this.store.getDocument(path)) as Kept | null;
    if (kept !== null && Date.now() - kept.atMs < KEPT_MS) return answerOf<T>(key, hash, kept.request, kept.answer);
    const answer = await action();
    await this.store.putDocument(path, { request: hash, answer, atMs: Date.now() } satisfies Kept);
    return answer;
  }
}

function answerOf<T>(key: string, asked: string, kept: string, answer: unknown): Promise<T> {
  if (asked === kept) return Promise.resolve(answer as T | Promise<T>);
  throw new PrunefrontError('PRUNEFRONT_CONFLICT', 'Another request had this idempotency key', {
    ...{ place: 'idempotency_key', found: key, allowed: 'a key of its own for each request' },
  });
}

function sha256(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
