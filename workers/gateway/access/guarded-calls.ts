import { PrunefrontError } from '../../../core/errors.js';
import type { AskedCalls, Asker, Call, Calls } from '../calls/call.js';
import { errorDataOf } from '../calls/error-data.js';
import { type Access, requireRole } from './access.js';
import type { AuditEntry, AuditLog } from './audit-log.js';
import type { Principal } from './roles.js';

/** Calls with one answer that may be under way at once. */
export const UNARY_CALLS_AT_ONCE = 1000;
/** Streams that may be open at once. */
export const STREAMS_AT_ONCE = 2000;
/** A token that was revoked ends its open streams so soon after, at their next message. */
const ASK_AGAIN_MS = 1000;

/** What stands before every call. */
export interface Guards {
  readonly access: Access;
  /** Null where nothing is kept. */
  readonly audit: AuditLog | null;
  readonly room: Room;
}

/** Counts calls under way, so that a flood of them is refused and not piled up. */
export class Room {
  private readonly taken = { unary: 0, streaming: 0 };

  /** @throws PrunefrontError `PRUNEFRONT_OVERLOADED` */
  take(kind: Call['kind']): () => void {
    const allowed = kind === 'unary' ? UNARY_CALLS_AT_ONCE : STREAMS_AT_ONCE;
    if (this.taken[kind] >= allowed) {
      throw new PrunefrontError('PRUNEFRONT_OVERLOADED', 'The gateway has too many calls under way', {
        ...{ allowed: `${allowed} at once`, hint: 'try again in a moment' },
      });
    }
    this.taken[kind] += 1;
    return () => {
      this.taken[kind] -= 1;
    };
  }
}

/**
 * The calls of a service behind its guards: who asks is known and may ask, there is room, and what changes something, or was refused, is in
 * the audit log.
 * @param service - its name without the package: `SweepService`
 */
export function guardedCalls<Names extends string>(
  service: string,
  calls: Calls<Names>,
  guards: Guards,
): AskedCalls<Names> {
  const guarded = Object.entries<Call>(calls).map(([name, call]) => [
    name,
    guardedCall(`${service}/${name}`, call, guards),
  ]);
  return Object.fromEntries(guarded) as AskedCalls<Names>;
}

function guardedCall(method: string, call: Call, guards: Guards): AskedCalls[string] {
  if (call.kind === 'unary') {
    return {
      ...call,
      answer: (request: unknown, asker: Asker) =>
        recorded(method, call, request, asker, guards, (caller) => call.answer(request, caller)),
    };
  }
  return {
    ...call,
    async *answer(request: unknown, asker: Asker) {
      const admit = (): Promise<Admitted> => recorded(method, call, request, asker, guards, async (caller) => caller);
      const caller = await admit();
      const leave = guards.room.take('streaming');
      let askedAtMs = Date.now();
      try {
        for await (const answer of call.answer(request, caller)) {
          if (Date.now() - askedAtMs > ASK_AGAIN_MS) {
            await guards.access.authenticate(asker);
            askedAtMs = Date.now();
          }
          yield answer;
        }
      } finally {
        leave();
      }
    },
  };
}

interface Admitted {
  readonly principal: Principal;
  readonly signal: AbortSignal;
}

/** Lets a call in, and writes down how it went where that is to be kept. */
async function recorded<T>(
  method: string,
  call: Call,
  request: unknown,
  asker: Asker,
  { access, audit, room }: Guards,
  answer: (caller: Admitted) => Promise<T>,
): Promise<T> {
  let principal: Principal | null = null;
  let refused = true;
  let outcome = 'OK';
  let response: unknown = null;
  try {
    principal = await access.authenticate(asker);
    requireRole(principal, call.role, method);
    const leave = call.kind === 'unary' ? room.take(call.kind) : () => undefined;
    refused = false;
    try {
      const answered = await answer({ principal, signal: asker.signal });
      response = answered;
      return answered;
    } finally {
      leave();
    }
  } catch (error) {
    outcome = errorDataOf(error).code;
    throw error;
  } finally {
    if (refused || call.role !== 'viewer') {
      const target = targetOf(call.kind === 'unary' ? { ...named(response), ...named(request) } : named(request));
      const who = { principal: principal?.name ?? null, role: principal?.role ?? null };
      await audit?.append({ time: new Date().toISOString(), ...who, method, target, outcome, peer: asker.peer });
    }
  }
}

/** Fields of requests and answers that say what a call is about, with the kind of thing that each names. */
const TARGETS: Readonly<Record<string, string>> = {
  ...{ sweepId: 'sweep', candidate: 'candidate', node: 'node', name: 'name' },
  ...{ version: 'version', candidates: 'candidates' },
};
const LONGEST_TARGET = 200;

function named(message: unknown): Readonly<Record<string, unknown>> {
  return typeof message === 'object' && message !== null ? { ...message } : {};
}

function targetOf(fields: Readonly<Record<string, unknown>>): AuditEntry['target'] {
  return Object.fromEntries(
    Object.entries(TARGETS).flatMap(([field, kind]): [string, string | number][] => {
      const value = fields[field];
      if (typeof value === 'number') return [[kind, value]];
      return typeof value === 'string' && value !== '' ? [[kind, value.slice(0, LONGEST_TARGET)]] : [];
    }),
  );
}
