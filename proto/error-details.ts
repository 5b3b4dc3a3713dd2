import { Metadata, type MetadataValue } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import type { ErrorData } from '../core/errors.js';
import { PROTO_FOLDER } from './folder.js';

const DETAILS_KEY = 'grpc-status-details-bin';
const DOMAIN = 'prunefront';
const ANY_PREFIX = 'type.googleapis.com/';

interface Any {
  readonly type_url: string;
  readonly value: Uint8Array;
}

interface ErrorInfo {
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Help {
  readonly links: readonly { readonly description: string }[];
}

const root = new protobuf.Root();
root.resolvePath = (_origin, target) => `${PROTO_FOLDER}/${target}`;
root.loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto'], { keepCase: true });
const Status = root.lookupType('google.rpc.Status');

/**
 * The trailer of a failed call: `google.rpc.Status` with an ErrorInfo whose reason is the code and whose metadata are the facts, a BadRequest
 * where a place is known, and a Help where a remedy is.
 */
export function errorTrailer(status: number, { code, message, place, found, allowed, hint }: ErrorData): Metadata {
  const facts = Object.entries({ place, found, allowed }).filter(([, text]) => text !== undefined);
  const details = [any('ErrorInfo', { reason: code, domain: DOMAIN, metadata: Object.fromEntries(facts) })];
  if (place !== undefined)
    details.push(any('BadRequest', { field_violations: [{ field: place, description: message }] }));
  if (hint !== undefined) details.push(any('Help', { links: [{ description: hint, url: '' }] }));
  const metadata = new Metadata();
  metadata.set(DETAILS_KEY, Buffer.from(Status.encode({ code: status, message, details }).finish()));
  return metadata;
}

/** The error data in a failed call's trailer; null where it has none of Prunefront's. */
export function errorFromTrailer(metadata: Metadata | undefined): ErrorData | null {
  const [bytes]: MetadataValue[] = metadata?.get(DETAILS_KEY) ?? [];
  if (!(bytes instanceof Buffer)) return null;
  try {
    const { message, details } = decoded(Status, bytes) as {
      readonly message: string;
      readonly details: readonly Any[];
    };
    const info = detail<ErrorInfo>(details, 'ErrorInfo');
    if (info?.domain !== DOMAIN) return null;
    const hint = detail<Help>(details, 'Help')?.links[0]?.description;
    return {
      // A gateway of another version may have a code that is not known here.
      code: info.reason as ErrorData['code'],
      message,
      ...info.metadata,
      ...(hint === undefined ? {} : { hint }),
    };
  } catch {
    // Somebody between has written a trailer of this name that is none.
    return null;
  }
}

function any(name: string, value: object): Any {
  const type = root.lookupType(`google.rpc.${name}`);
  return { type_url: `${ANY_PREFIX}google.rpc.${name}`, value: type.encode(value).finish() };
}

function detail<T>(details: readonly Any[], name: string): T | null {
  const found = details.find(({ type_url }) => type_url === `${ANY_PREFIX}google.rpc.${name}`);
  return found === undefined ? null : (decoded(root.lookupType(`google.rpc.${name}`), found.value) as T);
}

function decoded(type: protobuf.Type, bytes: Uint8Array): object {
  return type.toObject(type.decode(bytes), { defaults: true });
}
