import { chosenKeys, formsOf, type JsonSchema } from './json-schema.js';

/** What a value may be, in words: `a number, at least 0 and less than 1, or { from, to, steps }`. */
export function allowedText(forms: readonly JsonSchema[]): string {
  const lists = forms.filter(({ items }) => items !== undefined);
  const single = joined(forms.filter((form) => !lists.includes(form)));
  const [list] = lists;
  if (list !== undefined && joined(formsOf(list.items ?? {})) === single) return `${single}; one, or a list of them`;
  return joined(forms);
}

/** `oneShot, constant, or with settings: { constant }, or { from, schedule }`: what words name already is told once more in short. */
function joined(forms: readonly JsonSchema[]): string {
  const words = wordsOf(forms);
  const isOfWord = ({ properties = {} }: JsonSchema): boolean => {
    const [key, ...others] = Object.keys(properties);
    return key !== undefined && others.length === 0 && words.includes(key);
  };
  const [first, ...rest] = [...new Set(forms.filter((form) => !isOfWord(form)).map(formText))];
  const told = forms.filter(isOfWord).map(formText);
  const settings = told.length === 0 ? [] : [`with settings: ${told.join(', ')}`];
  return [...(first === undefined ? [] : [first]), ...settings, ...rest].join(', or ');
}

/** The words among the forms: what a misspelt one is compared with. */
export function wordsOf(forms: readonly JsonSchema[]): string[] {
  return forms.flatMap((form) => [form.const, ...(form.enum ?? [])]).filter((word) => typeof word === 'string');
}

function formText(form: JsonSchema): string {
  if (form.allowed !== undefined) return form.allowed;
  const words = form.const === undefined ? form.enum : [form.const];
  if (words !== undefined) return words.map(String).join(', ');
  switch (form.type) {
    case 'number':
      return `a number${bounds(form)}`;
    case 'integer':
      return `an integer${bounds(form)}`;
    case 'string':
      return 'a text';
    case 'null':
      return 'null';
    case 'array':
      return `a list of: ${allowedText(formsOf(form.items ?? {}))}`;
    case 'object':
      return mapText(form);
    default:
      return form.type ?? 'anything';
  }
}

/** `{ from, to, steps }`, or `{ <name>: { exclude? } }`; keys that may be left out have a question mark. */
function mapText(form: JsonSchema): string {
  const { properties = {}, required = [] } = form;
  const chosen = chosenKeys(form);
  const keys = [
    ...Object.keys(properties).map((key) => (required.includes(key) ? key : `${key}?`)),
    ...(chosen === undefined ? [] : [`<name>: ${allowedText(formsOf(chosen))}`]),
  ];
  return keys.length === 0 ? '{}' : `{ ${keys.join(', ')} }`;
}

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const parts = [
    minimum === undefined ? [] : [`at least ${minimum}`],
    exclusiveMinimum === undefined ? [] : [`more than ${exclusiveMinimum}`],
    maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? [] : [`at most ${maximum}`],
    exclusiveMaximum === undefined ? [] : [`less than ${exclusiveMaximum}`],
  ].flat();
  return parts.length === 0 ? '' : `, ${parts.join(' and ')}`;
}
