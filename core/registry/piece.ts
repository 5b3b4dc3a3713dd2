/** One number, word or switch that a piece can be told in a spec. */
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
  | { readonly kind: 'switch'; readonly description: string; readonly default: boolean };

/** Values of a piece's settings by name, every default filled in. */
export type Settings = Readonly<Record<string, number | string | boolean | null>>;

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
  return Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.default]));
}

/** A number of validated settings. */
export function numberOf(settings: Settings, name: string): number {
  return Number(settings[name]);
}

/** A number of validated settings that can be left to the piece. */
export function numberOrNull(settings: Settings, name: string): number | null {
  const value = settings[name];
  return value === undefined || value === null ? null : Number(value);
}

/** `lp p=3`, for people; what is left to the piece is left out. */
export function describeChoice(choice: Choice): string {
  const told = Object.entries(settingsOf(choice)).filter(([, value]) => value !== null);
  const settings = told.map(([name, value]) => `${name}=${value}`);
  return [nameOf(choice), ...settings].join(' ');
}
