import { z } from 'zod';
import { specSchema } from './schema.js';
import type { SpecPath } from './yaml-source.js';

/** The part of JSON Schema that the spec needs. */
export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  /** The form of values whose keys users choose; false where there are none but `properties`. */
  readonly additionalProperties?: JsonSchema | false;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly default?: unknown;
  readonly description?: string;
  /** A default that depends on other keys, in words. */
  readonly absent?: string;
  /** What is allowed, in words, where a pattern says it badly. */
  readonly allowed?: string;
  /** Whether it names registered pieces, to which plugins add their own. */
  readonly pieces?: true;
}

let schema: JsonSchema | null = null;

/** The spec as users write it, with what the documentation says of its keys. */
export function describedSchema(): JsonSchema {
  schema ??= z.toJSONSchema(specSchema, { io: 'input', target: 'draft-7', reused: 'inline' }) as JsonSchema;
  return schema;
}

/** The JSON Schema of a spec: editors complete and check by it. */
export function publishedSchema(): Record<string, unknown> {
  const { $schema, ...rest } = plain(describedSchema()) as Record<string, unknown>;
  return { $schema, title: 'Prunefront sweep', ...rest };
}

/** Without our own keywords; what they say becomes part of the description. */
function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain);
  if (typeof node !== 'object' || node === null) return node;
  const { absent, allowed: _, pieces: __, ...rest } = node as Record<string, unknown>;
  const copy = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, plain(value)]));
  return typeof absent === 'string'
    ? { ...copy, description: `${String(copy['description'] ?? '')} Default: ${absent}.`.trim() }
    : copy;
}

/** The forms that a value may have: a schema without its unions. */
export function formsOf(node: JsonSchema): JsonSchema[] {
  const inner = node.anyOf ?? node.oneOf;
  return inner === undefined ? [node] : inner.flatMap(formsOf);
}

/** The form of the values of a map whose keys users choose; undefined where there are none. */
export function chosenKeys({ additionalProperties }: JsonSchema): JsonSchema | undefined {
  return additionalProperties === false ? undefined : additionalProperties;
}

/** The forms that are allowed at a path of this data; of maps whose kind a word decides, those of the word that is given. */
export function allowedForms(path: SpecPath, data: unknown): JsonSchema[] {
  let forms = formsOf(describedSchema());
  let value = data;
  for (const part of path) {
    const here = value;
    const next = forms
      .filter((form) => fits(form, here, String(part)))
      .flatMap((form) => {
        const inner = typeof part === 'number' ? form.items : (form.properties?.[String(part)] ?? chosenKeys(form));
        return inner === undefined ? [] : formsOf(inner);
      });
    forms = next;
    value =
      typeof here === 'object' && here !== null && Object.hasOwn(here, part)
        ? (here as Record<PropertyKey, unknown>)[part]
        : undefined;
  }
  return forms;
}

/** Keys that a map may have at a path. */
export function knownKeys(path: SpecPath, data: unknown): string[] {
  return [...new Set(allowedForms(path, data).flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

/** Whether a map is of this form, as far as its first key says: the one whose word decides the kind. */
function fits({ properties = {} }: JsonSchema, value: unknown, asked: string): boolean {
  const [first] = Object.entries(properties);
  if (first === undefined || typeof value !== 'object' || value === null) return true;
  const [key, inner] = first;
  if (key === asked || !Object.hasOwn(value, key)) return true;
  const words = inner.const === undefined ? inner.enum : [inner.const];
  return words === undefined || words.includes((value as Readonly<Record<string, unknown>>)[key]);
}
