import { allowedText } from '../../core/spec/allowed.js';
import { chosenKeys, formsOf, type JsonSchema } from '../../core/spec/json-schema.js';

/** One row of the table of keys. */
export interface SchemaRow {
  readonly path: string;
  readonly allowed: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** Sibling keys of the same form are told in one row from this many on. */
const MANY = 4;

/** The rows of a key and of everything below it. */
export function schemaRows(path: string, schema: JsonSchema, fallback: string): SchemaRow[] {
  const forms = formsOf(schema);
  const rows = [row(path, schema, fallback), ...wordRows(path, forms), ...below(path, forms)];
  const seen = new Set<string>();
  return rows.filter((each) => {
    const text = JSON.stringify(each);
    return !seen.has(text) && seen.add(text) !== undefined;
  });
}

function row(path: string, schema: JsonSchema, fallback: string): SchemaRow {
  const forms = formsOf(schema);
  const [only] = forms;
  const meaning = schema.description ?? (forms.length === 1 ? only?.description : undefined) ?? '';
  return { path, allowed: allowedText(forms), fallback: defaultText(schema) ?? fallback, meaning };
}

/** Words that mean something by themselves, beside other forms: `oneShot`. */
function wordRows(path: string, forms: readonly JsonSchema[]): SchemaRow[] {
  if (forms.length < 2) return [];
  return forms.flatMap(({ const: word, description }) =>
    word === undefined || description === undefined
      ? []
      : [{ path: `${path}: ${String(word)}`, allowed: '', fallback: '', meaning: description }],
  );
}

function defaultText({ default: value, absent }: JsonSchema): string | undefined {
  if (absent !== undefined) return absent;
  if (value === undefined) return undefined;
  const isEmpty =
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
  return isEmpty ? 'its defaults' : `\`${JSON.stringify(value)}\``;
}

function below(path: string, forms: readonly JsonSchema[]): SchemaRow[] {
  const maps = forms.filter(({ properties: inner }) => inner !== undefined);
  const lists = forms.flatMap(({ items }) => (items === undefined ? [] : [formsOf(items)]));
  // Of one or a list of the same, the one is told.
  const others = lists.filter((items) =>
    items.some((item) => !forms.some((form) => JSON.stringify(form) === JSON.stringify(item))),
  );
  return [
    ...others.flatMap((items) => below(`${path}[]`, items)),
    ...maps.flatMap((map) => properties(path, map, maps)),
    ...forms.flatMap((form) => {
      const chosen = chosenKeys(form);
      return chosen === undefined ? [] : schemaRows(`${path}.<name>`, chosen, 'none');
    }),
  ];
}

function properties(
  path: string,
  { properties: inner = {}, required = [] }: JsonSchema,
  maps: readonly JsonSchema[],
): SchemaRow[] {
  const groups = new Map<string, string[]>();
  for (const [key, schema] of Object.entries(inner)) {
    const form = JSON.stringify(schema);
    groups.set(form, [...(groups.get(form) ?? []), key]);
  }
  return [...groups.values()].flatMap((keys) => {
    const names = keys.length < MANY ? keys : ['<metric>'];
    return names.flatMap((name) => {
      const key = keys.includes(name) ? name : (keys[0] ?? '');
      const isChoice = maps.some((map) => !Object.hasOwn(map.properties ?? {}, key));
      const fallback = required.includes(key) ? (isChoice ? 'one of these' : 'required') : 'none';
      return schemaRows(`${path}.${name}`, inner[key] ?? {}, fallback);
    });
  });
}
