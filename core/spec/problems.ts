import type { z } from 'zod';
import { type ErrorCode, type ErrorFacts, PrunefrontError } from '../errors.js';
import { nearest } from '../nearest.js';
import { allowedText, wordsOf } from './allowed.js';
import { allowedForms, type JsonSchema, knownKeys } from './json-schema.js';
import { type PlainIssue, plainIssues } from './plain-issues.js';
import { formatPath, type SpecPath, type YamlSource } from './yaml-source.js';

/** One thing that is wrong with a spec. */
export interface Problem {
  readonly path: SpecPath;
  readonly error: PrunefrontError;
}

/** Everything that zod found wrong, in words: what is written wrongly first, then what is missing. */
export function problemsOf(error: z.ZodError, source: YamlSource): Problem[] {
  const issues = error.issues.flatMap((issue) => plainIssues(issue, valueAt(source.data, issue.path)));
  const unknown = issues.filter(({ kind }) => kind === 'unknown');
  const told = issues.filter((issue) => {
    // A misspelt key is one problem, not two.
    if (issue.kind === 'missing') return !unknown.some(({ path }) => isMisspelling(path, issue.path, source));
    // zod refines a map in spite of an unknown key in it.
    return issue.kind !== 'custom' || !unknown.some(({ path }) => startsWith(path, issue.path));
  });
  const ranked = [...told.filter(({ kind }) => kind !== 'missing'), ...told.filter(({ kind }) => kind === 'missing')];
  return ranked.map((issue) => describe(issue, source));
}

/** Whether an unknown key is most likely the missing one. */
function isMisspelling(unknown: SpecPath, missing: SpecPath, source: YamlSource): boolean {
  return (
    unknown.length === missing.length &&
    startsWith(unknown, missing.slice(0, -1)) &&
    meantKey(unknown, source) === String(missing.at(-1))
  );
}

function startsWith(path: SpecPath, start: SpecPath): boolean {
  return start.every((part, i) => path[i] === part);
}

/** The first problem as an error; its message names the places of the others, and their hints. */
export function firstProblem(problems: readonly Problem[]): PrunefrontError | null {
  const [first, ...others] = problems;
  if (first === undefined || others.length === 0) return first?.error ?? null;
  const { code, message, facts, cause } = first.error;
  const more = others.map(({ path, error }) => [nameOf(path), error.facts.hint ?? []].flat().join(': ')).join('; ');
  const options = cause === undefined ? {} : { cause };
  return new PrunefrontError(code, `${message} (and ${others.length} more: ${more})`, facts, options);
}

/** A problem at the value of a path, with what the user wrote there. */
export function problemAt(
  source: YamlSource,
  path: SpecPath,
  code: ErrorCode,
  message: string,
  facts: ErrorFacts = {},
  options: ErrorOptions = {},
): Problem {
  const found = source.written(path);
  const all = { place: source.place(path), ...(found === null ? {} : { found }), ...facts };
  return { path, error: new PrunefrontError(code, message, all, options) };
}

function describe(issue: PlainIssue, source: YamlSource): Problem {
  const { path } = issue;
  const { data } = source;
  const value = valueAt(data, path);
  const forms = allowedForms(path, data);
  const allowed = forms.length === 0 ? {} : { allowed: allowedText(forms) };
  switch (issue.kind) {
    case 'unknown':
      return unknownKey(source, path);
    case 'missing': {
      const facts = { place: source.place(path, 'key'), found: 'nothing', ...allowed };
      return { path, error: new PrunefrontError('PRUNEFRONT_SPEC_MISSING', `${nameOf(path)} is missing`, facts) };
    }
    case 'type':
      return problemAt(source, path, 'PRUNEFRONT_SPEC_TYPE', `${nameOf(path)} has the wrong type or unit`, {
        ...allowed,
        ...hint(typeHint(value, allowed.allowed ?? '')),
      });
    case 'range':
      return problemAt(source, path, 'PRUNEFRONT_SPEC_RANGE', `${nameOf(path)} is out of range`, {
        ...(Array.isArray(value) ? { allowed: 'a list of at least one' } : allowed),
        ...hint(percentHint(value, allowed.allowed ?? '')),
      });
    case 'value': {
      const near = typeof value === 'string' ? nearest(value, [...wordsOf(forms), ...knownKeys(path, data)]) : null;
      const facts = { ...allowed, ...hint(spellingHint(near, forms)) };
      return problemAt(source, path, 'PRUNEFRONT_SPEC_VALUE', `${nameOf(path)} is none of the allowed values`, facts);
    }
    case 'several':
      return problemAt(
        source,
        path,
        'PRUNEFRONT_SPEC_CONFLICT',
        `${nameOf(path)} has several keys that exclude each other`,
        {
          allowed: `one of ${knownKeys(path, data).join(', ')}`,
        },
      );
    case 'custom': {
      const { code, ...facts } = issue.params;
      return problemAt(source, path, code, issue.message, { ...allowed, ...facts });
    }
  }
}

function unknownKey(source: YamlSource, path: SpecPath): Problem {
  const known = knownKeys(path.slice(0, -1), source.data);
  const near = meantKey(path, source);
  const facts = {
    place: source.place(path, 'key'),
    found: String(path.at(-1)),
    ...(known.length === 0 ? {} : { allowed: known.join(', ') }),
    ...hint(spellingHint(near, allowedForms(path.slice(0, -1), source.data))),
  };
  return {
    path,
    error: new PrunefrontError('PRUNEFRONT_SPEC_UNKNOWN_KEY', `${formatPath(path)} is no key of a spec`, facts),
  };
}

/** The key nearest to an unknown one; a key that is there already is not what was meant. */
function meantKey(path: SpecPath, { data }: YamlSource): string | null {
  const map = path.slice(0, -1);
  const given = valueAt(data, map);
  const free = knownKeys(map, data).filter(
    (name) => typeof given !== 'object' || given === null || !Object.hasOwn(given, name),
  );
  return nearest(String(path.at(-1)), free);
}

function nameOf(path: SpecPath): string {
  return path.length === 0 ? 'The spec' : formatPath(path);
}

/** What was meant by a word; where nothing is near and a piece is named, it may be one of a plugin. */
function spellingHint(near: string | null, forms: readonly JsonSchema[]): string | null {
  if (near !== null) return `did you mean ${near}?`;
  return forms.some(({ pieces }) => pieces === true) ? 'pieces of a plugin are known with --plugin FILE' : null;
}

function hint(text: string | null): { hint?: string } {
  return text === null ? {} : { hint: text };
}

/** A number in quotes, 80 % where a fraction is wanted, a duration without its unit. */
function typeHint(value: unknown, allowed: string): string | null {
  if (typeof value === 'number' && /duration/.test(allowed)) return `write ${value}s, ${value}m or ${value}h`;
  if (typeof value !== 'string' || !/a number|an integer/.test(allowed)) return null;
  const percent = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(value)?.[1];
  if (percent !== undefined) return `write ${Number((Number(percent) / 100).toPrecision(12))}`;
  return value.trim() !== '' && Number.isFinite(Number(value)) ? `write ${Number(value)} without quotes` : null;
}

function percentHint(value: unknown, allowed: string): string | null {
  const isPercent = /less than 1(?!\d)/.test(allowed) && typeof value === 'number' && value >= 2 && value < 100;
  return isPercent ? `for ${value} % write ${Number((value / 100).toPrecision(12))}` : null;
}

/** What the data holds at a path. */
function valueAt(data: unknown, path: SpecPath): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    return (value as Readonly<Record<PropertyKey, unknown>>)[part];
  }, data);
}
