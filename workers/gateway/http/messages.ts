import type { MethodDefinition, ServiceDefinition } from '@grpc/proto-loader';
import { PrunefrontError } from '../../../core/errors.js';
import { nearest } from '../../../core/nearest.js';
import { packageDefinition } from '../../../proto/load.js';

/** A method of a service as its .proto file defines it. */
export type Method = MethodDefinition<object, object>;

/** One field of a message, as the loaded .proto file describes it. */
interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly typeName: string;
}

const PACKAGE = 'prunefront.v1';
const INTEGER = /^TYPE_S?(?:U?INT|FIXED)(?:32|64)$/;

/** The methods of a service by name; none where the package has no such service. */
export function methodsOf(service: string): Readonly<Record<string, Method>> {
  const definition = Object.hasOwn(packageDefinition, service) ? packageDefinition[service] : undefined;
  return definition === undefined || 'format' in definition ? {} : (definition as ServiceDefinition);
}

/**
 * A request as gRPC would hand it over: its JSON, checked, with what was left out set to the default of proto3.
 * @throws PrunefrontError `PRUNEFRONT_REQUEST` where a field does not exist or has a value of another type
 */
export function readRequest(method: Method, json: unknown): object {
  const message = json ?? {};
  checkMessage(message, fieldsOf(method.requestType.type), '');
  return method.requestDeserialize(method.requestSerialize(message as object));
}

/** A response as JSON, complete like a gRPC client sees it; bytes are base64. */
export function responseJson(method: Method, response: unknown): string {
  const complete = method.responseDeserialize(method.responseSerialize(response as object));
  return JSON.stringify(complete, function (this: unknown, key: string, value: unknown) {
    // The loader names the chosen member of each `optional` so.
    if (key.startsWith('_')) return undefined;
    const own = (this as Record<string, unknown>)[key];
    return own instanceof Uint8Array ? Buffer.from(own).toString('base64') : value;
  });
}

function fieldsOf(type: object): readonly Field[] {
  return (type as { readonly field: readonly Field[] }).field;
}

function checkMessage(value: unknown, fields: readonly Field[], place: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(place, value, 'an object');
  const names = fields.map(({ name }) => name);
  for (const [key, member] of Object.entries(value)) {
    const path = place === '' ? key : `${place}.${key}`;
    const field = fields.find(({ name }) => name === key);
    if (field === undefined) throw unknownField(path, key, names);
    // As in the JSON of proto3: null is what was left out.
    if (member === null) continue;
    if (field.label !== 'LABEL_REPEATED') checkValue(member, field, path);
    else if (!Array.isArray(member)) throw wrongType(path, member, 'a list');
    else for (const [i, element] of member.entries()) checkValue(element, field, `${path}[${i}]`);
  }
}

function checkValue(value: unknown, { type, typeName }: Field, place: string): void {
  if (type === 'TYPE_MESSAGE') {
    checkMessage(value, messageFields(typeName), place);
    return;
  }
  const wanted = scalarOf(type);
  if (!wanted.fits(value)) throw wrongType(place, value, wanted.words);
}

function scalarOf(type: string): { readonly words: string; fits(value: unknown): boolean } {
  if (type === 'TYPE_BOOL') return { words: 'true or false', fits: (value) => typeof value === 'boolean' };
  if (type === 'TYPE_STRING') return { words: 'a text', fits: (value) => typeof value === 'string' };
  if (type === 'TYPE_BYTES') return { words: 'a text in base64', fits: (value) => typeof value === 'string' };
  if (!INTEGER.test(type)) return { words: 'a number', fits: (value) => typeof value === 'number' };
  const most = type.endsWith('32') ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  const fits = (value: unknown) => Number.isInteger(value) && Math.abs(Number(value)) <= most;
  return { words: `a whole number, at most ${most}`, fits };
}

function messageFields(typeName: string): readonly Field[] {
  const definition = packageDefinition[`${PACKAGE}.${typeName.split('.').at(-1)}`];
  return definition !== undefined && 'type' in definition ? fieldsOf(definition.type as object) : [];
}

function unknownField(place: string, key: string, names: readonly string[]): PrunefrontError {
  const near = nearest(key, names);
  return new PrunefrontError('PRUNEFRONT_REQUEST', `The request has no field ${key}`, {
    place,
    found: key,
    allowed: names.join(', ') || 'no field at all',
    ...(near === null ? {} : { hint: `did you mean ${near}?` }),
  });
}

function wrongType(place: string, value: unknown, allowed: string): PrunefrontError {
  const found = JSON.stringify(value)?.slice(0, 80) ?? typeof value;
  return new PrunefrontError('PRUNEFRONT_REQUEST', `The request has a value of the wrong type`, {
    place: place === '' ? 'the body' : place,
    found,
    allowed,
  });
}
