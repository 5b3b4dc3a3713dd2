import { PrunefrontError } from '../errors.js';

/** One number, word, switch, text or file that a piece can be told in a spec. */
export type Setting =
  | {
      readonly kind: 'number';
      readonly description: string;
      readonly default: number | null;
      /** Whether `null` is allowed, as a default alone or written: the piece chooses by itself. */
      readonly nullable?: true;
      /** Bounds, ends included unless `exclusive` names the end. */
      readonly minimum?: number;
      readonly maximum?: number;
      readonly exclusive?: 'minimum' | 'maximum' | 'both';
      readonly integer?: boolean;
    }
  | {
      readonly kind: 'choice';
      readonly description: string;
      readonly default: string;
      readonly choices: readonly string[];
    }
  | { readonly kind: 'switch'; readonly description: string; readonly default: boolean }
  | (TextSetting & { readonly kind: 'text' })
  /** Named relative to the spec; it reaches the piece as an absolute path. */
  | (TextSetting & { readonly kind: 'file' });

interface TextSetting {
  readonly description: string;
  /** Whether it may be left out, and then is no setting at all. */
  readonly optional?: true;
  readonly default?: undefined;
}

/** Values of a piece's settings by name, every default filled in; a text that is left out is absent. */
export type Settings = Readonly<Record<string, number | string | boolean | null | undefined>>;

/** A small exchangeable part that specs name: a criterion, a granularity, a scope, a schedule. Built-in ones and those of plugins are alike. */
export interface Piece {
  /** As specs write it: `magnitude`. */
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** The paper or tool that it comes from: `Han et al. 2015`. */
  readonly source: string;
  /** What a spec can tell it; a piece without settings is written as its name alone. */
  readonly settings: Readonly<Record<string, Setting>>;
}

/** A piece as a validated spec names it: by its name where it has no settings, else `{ name: settings }` with all of them filled in. */
export type Choice = string | { readonly [name: string]: Settings };

/** Name of the chosen piece. */
export function nameOf(choice: Choice): string {
  return typeof choice === 'string' ? choice : (Object.keys(choice)[0] ?? '');
}

/** Settings of the chosen piece; none where it is named alone. */
export function settingsOf(choice: Choice): Settings {
  return typeof choice === 'string' ? {} : (Object.values(choice)[0] ?? {});
}

/** What a piece has where a spec tells it nothing. */
export function defaultsOf({ settings }: Pick<Piece, 'settings'>): Settings {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]])),
  );
}

/**
 * A number of validated settings.
 * @throws PrunefrontError `PRUNEFRONT_INTERNAL` where it is none: the choice was not filled in
 */
export function numberOf(settings: Settings, name: string): number {
  const value = settings[name];
  if (typeof value !== 'number' || Number.isNaN(value)) throw notFilledIn(name, value, 'a number');
  return value;
}

/** A number of validated settings that can be left to the piece. */
export function numberOrNull(settings: Settings, name: string): number | null {
  return settings[name] === undefined || settings[name] === null ? null : numberOf(settings, name);
}

/**
 * A text of validated settings.
 * @throws PrunefrontError `PRUNEFRONT_INTERNAL` where it is none: the choice was not filled in
 */
export function textOf(settings: Settings, name: string): string {
  const value = settings[name];
  if (typeof value !== 'string') throw notFilledIn(name, value, 'a text');
  return value;
}

function notFilledIn(name: string, value: Settings[string], allowed: string): PrunefrontError {
  const facts = { place: name, found: String(value), allowed };
  return new PrunefrontError('PRUNEFRONT_INTERNAL', 'A setting of a piece is not filled in', facts);
}

/** A text of validated settings that may be left out; undefined where it is. */
export function textIfAny(settings: Settings, name: string): string | undefined {
  return settings[name] === undefined ? undefined : textOf(settings, name);
}

/** The choice without the settings that a spec need not tell: those at their defaults. For people; keys and records have all of them. */
export function withoutDefaults(choice: Choice, piece: Pick<Piece, 'settings'>): Choice {
  const defaults = defaultsOf(piece);
  const told = Object.entries(settingsOf(choice)).filter(([name, value]) => value !== defaults[name]);
  return told.length === 0 ? nameOf(choice) : { [nameOf(choice)]: Object.fromEntries(told) };
}

/** `lp p=3`, for people; what is left to the piece is left out. */
export function describeChoice(choice: Choice): string {
  const told = Object.entries(settingsOf(choice)).filter(([, value]) => value !== null);
  const settings = told.map(([name, value]) => `${name}=${value}`);
  return [nameOf(choice), ...settings].join(' ');
}
