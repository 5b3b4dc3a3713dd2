import type { Credentials } from '../access/access.js';
import type { Principal, Role } from '../access/roles.js';

/** Who waits for an answer, over whichever transport, as that transport knows them. */
export interface Asker extends Credentials {
  /** Address that the call came from. */
  readonly peer: string;
  /** Fires when the caller has gone or its deadline has passed. */
  readonly signal: AbortSignal;
}

/** Who waits for an answer and may have it. */
export interface Caller {
  readonly principal: Principal;
  /** Fires when the caller has gone or its deadline has passed. */
  readonly signal: AbortSignal;
}

/** A call with one answer. */
export interface UnaryCall<Request, Response, Who = Caller> {
  readonly kind: 'unary';
  /** The least role that may make it. */
  readonly role: Role;
  answer(request: Request, caller: Who): Promise<Response>;
}

/** A call with a stream of answers. */
export interface StreamingCall<Request, Response, Who = Caller> {
  readonly kind: 'streaming';
  /** The least role that may make it. */
  readonly role: Role;
  answer(request: Request, caller: Who): AsyncIterable<Response>;
}

/** A call of whichever kind, as a transport sees it. */
// biome-ignore lint/suspicious/noExplicitAny: a transport hands on what its codec has read by the same .proto file
export type Call = UnaryCall<any, any> | StreamingCall<any, any>;

/** The calls of a service by name. */
export type Calls<Names extends string = string> = Readonly<Record<Names, Call>>;

/** A call behind its guards: anybody may ask. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AskedCall = UnaryCall<any, any, Asker> | StreamingCall<any, any, Asker>;

/** The calls of a service behind their guards. Every transport answers by the same table. */
export type AskedCalls<Names extends string = string> = Readonly<Record<Names, AskedCall>>;

/** A call with one answer. */
export function unary<Request, Response>(
  role: Role,
  answer: UnaryCall<Request, Response>['answer'],
): UnaryCall<Request, Response> {
  return { kind: 'unary', role, answer };
}

/** A call with a stream of answers. */
export function streaming<Request, Response>(
  role: Role,
  answer: StreamingCall<Request, Response>['answer'],
): StreamingCall<Request, Response> {
  return { kind: 'streaming', role, answer };
}
