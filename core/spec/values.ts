import { z } from 'zod';
import type { ErrorCode } from '../errors.js';

/** Facts of a problem that zod does not know by itself; they travel in the `params` of a custom issue. */
export interface ProblemParams {
  readonly code: ErrorCode;
  readonly allowed?: string;
  readonly hint?: string;
}

/** What the documentation says of a key; `absent` tells a default that depends on other keys. */
export interface KeyMeta {
  readonly description: string;
  readonly absent?: string;
}

/** A custom issue of a refinement. */
export function problem(message: string, params: ProblemParams, path: PropertyKey[] = []) {
  return { code: 'custom' as const, message, path, params: { ...params } };
}

/** A count of at least `least`. */
export const count = (least: number) => z.number().int().min(least);

/** A seed that every platform's random numbers take alike. */
export const seed = () => z.number().int().min(0).max(4_294_967_295);

/** A learning rate. Too large a one is no error of the spec: its candidate diverges and says so. */
export const learningRate = () => z.number().positive();

/** The fraction that is zeroed or removed: 1 would leave no network. */
export const sparsity = () => z.number().min(0).lt(1);

/**
 * One value or a list of them; the output is always a list. Equal values are refused, because a candidate listed twice would be
 * one candidate.
 */
export function oneOrMany<T extends z.ZodType>(item: T) {
  return z.union([item, z.array(item).min(1)]).transform((value, context): z.output<T>[] => {
    const list = Array.isArray(value) ? (value as z.output<T>[]) : [value as z.output<T>];
    refuseRepetition(list, context);
    return list;
  });
}

/** Refuses a list that holds a value twice. */
export function refuseRepetition(list: readonly unknown[], context: z.core.$RefinementCtx): void {
  const seen = new Set<string>();
  list.forEach((value, i) => {
    const text = JSON.stringify(value);
    if (seen.has(text)) {
      const params = { code: 'PRUNEFRONT_SPEC_CONFLICT', allowed: 'each value once' } as const;
      context.addIssue({ ...problem('A value is listed twice', params, [i]), input: value });
    }
    seen.add(text);
  });
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
const DURATION = /^(\d+(?:\.\d+)?)([smh])$/;

/** `90s`, `30m`, `1.5h`; the output is milliseconds. */
export const duration = () =>
  z
    .string()
    .meta({ pattern: DURATION.source, allowed: 'a duration with its unit: 90s, 30m, 2h' })
    .transform((text, context) => {
      const [, amount = '', unit = ''] = DURATION.exec(text) ?? [];
      const milliseconds = Math.round(Number(amount) * (UNITS[unit] ?? 0));
      if (milliseconds > 0 && Number.isSafeInteger(milliseconds)) return milliseconds;
      const [code, message] =
        unit === ''
          ? (['PRUNEFRONT_SPEC_TYPE', 'The duration has no unit that is known'] as const)
          : (['PRUNEFRONT_SPEC_RANGE', 'The duration is out of range'] as const);
      context.addIssue({ ...problem(message, { code }), input: text });
      return z.NEVER;
    });
