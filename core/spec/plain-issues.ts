import type { z } from 'zod';
import type { ProblemParams } from './values.js';
import type { SpecPath } from './yaml-source.js';

/** A zod issue without unions: what is wrong at one path. */
export type PlainIssue =
  | { readonly kind: 'unknown' | 'missing' | 'type' | 'range' | 'value' | 'several'; readonly path: SpecPath }
  | { readonly kind: 'custom'; readonly path: SpecPath; readonly message: string; readonly params: ProblemParams };

type Issue = z.core.$ZodIssue;

/**
 * The plain issues of an issue. Of a union, those of the form that the user evidently meant: zod tells those of every form, most of
 * which were not meant.
 * @param value - what the data holds at the issue's path
 * @param base - path of the value in the whole spec
 */
export function plainIssues(issue: Issue, value: unknown, base: SpecPath = []): PlainIssue[] {
  const path = [...base, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ kind: 'unknown', path: [...path, key] }));
    case 'invalid_type':
      return [{ kind: value === undefined ? 'missing' : isWrongRange(value, issue.expected) ? 'range' : 'type', path }];
    case 'invalid_value':
      return [
        { kind: value === undefined ? 'missing' : typeof value === typeof issue.values[0] ? 'value' : 'type', path },
      ];
    case 'too_big':
    case 'too_small':
      return [{ kind: 'range', path }];
    case 'invalid_format':
      return [{ kind: 'value', path }];
    case 'invalid_union':
      if (issue.errors.length === 0)
        return [{ kind: value === undefined ? 'missing' : typeof value === 'string' ? 'value' : 'type', path }];
      return unionIssues(issue.errors, value, path);
    case 'custom':
      return [{ kind: 'custom', path, message: issue.message, params: issue.params as unknown as ProblemParams }];
    default:
      return [{ kind: 'value', path }];
  }
}

/** `.inf` and fractions where integers are wanted are of the right type. */
function isWrongRange(value: unknown, expected: string): boolean {
  return typeof value === 'number' && ['number', 'int'].includes(expected) && !Number.isNaN(value);
}

function unionIssues(all: readonly (readonly Issue[])[], value: unknown, path: SpecPath): PlainIssue[] {
  if (value === undefined) return [{ kind: 'missing', path }];
  const branches = all.flatMap(formsOf);
  const descend = (branch: readonly Issue[]): PlainIssue[] =>
    branch.flatMap((issue) => plainIssues(issue, at(value, issue.path), path));
  const sameType = branches.filter((branch) => !branch.some(isOfOtherType));
  const meant = sameType.filter((branch) =>
    branch.every((issue) => issue.path.length > 0 && at(value, issue.path.slice(0, 1)) !== undefined),
  );
  const [only] = meant.length > 0 ? meant : sameType.length === 1 ? sameType : [];
  if (only !== undefined) return descend(only);
  if (sameType.length === 0)
    return [{ kind: branches.some((branch) => isWord(branch, value)) ? 'value' : 'type', path }];
  // Several maps of one key each: an unknown key, none, or two at once.
  const unknown = sameType.map((branch) =>
    branch.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : [])),
  );
  const unknownToAll = (unknown[0] ?? []).filter((key) => unknown.every((keys) => keys.includes(key)));
  if (unknownToAll.length > 0) return unknownToAll.map((key) => ({ kind: 'unknown', path: [...path, key] }));
  return [{ kind: Object.keys(value ?? {}).length > 1 ? 'several' : 'value', path }];
}

/** The forms of a form that is a union itself: to whoever writes a spec they are forms of the outer one. */
function formsOf(branch: readonly Issue[]): (readonly Issue[])[] {
  const [only, ...others] = branch;
  const isUnion = only?.code === 'invalid_union' && only.path.length === 0 && only.errors.length > 0;
  return isUnion && others.length === 0 ? only.errors.flatMap(formsOf) : [branch];
}

/** Whether an issue says that the whole value is of another type than this form of it, or another word. */
function isOfOtherType(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union') return issue.errors.every((branch) => branch.some(isOfOtherType));
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

/** Whether a text was held against words. */
function isWord(branch: readonly Issue[], value: unknown): boolean {
  return branch.some(
    (issue) =>
      (issue.code === 'invalid_value' && typeof value === typeof issue.values[0]) ||
      (issue.code === 'invalid_union' && issue.errors.some((inner) => isWord(inner, value))),
  );
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, part)
        ? (inner as Readonly<Record<PropertyKey, unknown>>)[part]
        : undefined,
    value,
  );
}
