import { parseArgs } from 'node:util';
import { PrunefrontError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import { usageError, wholeNumber } from '../command-line.js';

/** One setting of a process; its name is that of its flag. */
export interface Setting {
  /** What a person writes for it: `HOST:PORT`, `FILE`. */
  readonly value: string;
  readonly help: string;
  readonly default?: string;
  /** Its value is never shown. */
  readonly secret?: true;
  /** The process does not start without it. */
  readonly required?: true;
}

/** The settings of a process by name. */
export type SettingTable = Readonly<Record<string, Setting>>;

type Text<Each extends Setting> = Each extends { readonly default: string } | { readonly required: true }
  ? string
  : string | undefined;

/** Environment variable of a setting: `PRUNEFRONT_DRAIN_TIMEOUT` for `drain-timeout`. */
export function variableOf(name: string): string {
  return `PRUNEFRONT_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** The settings of a process as they were given: by flag, else by environment variable, else by default. */
export class Settings<Table extends SettingTable> {
  private constructor(
    readonly table: Table,
    private readonly values: Readonly<Record<string, string | undefined>>,
    private readonly places: Readonly<Record<string, string>>,
  ) {}

  /**
   * Reads them.
   * @param args - the command line after the process's name
   * @throws PrunefrontError `PRUNEFRONT_USAGE` for a flag that does not exist or a setting that is missing
   */
  static read<Table extends SettingTable>(
    table: Table,
    args: readonly string[],
    environment: Readonly<Record<string, string | undefined>>,
  ): Settings<Table> {
    const flags = flagsOf(table, args);
    const values: Record<string, string | undefined> = {};
    const places: Record<string, string> = {};
    for (const [name, setting] of Object.entries<Setting>(table)) {
      const fromVariable = environment[variableOf(name)];
      // An empty variable is what deployment templates leave of a value that nobody gave.
      const given = flags[name] ?? (fromVariable === '' ? undefined : fromVariable);
      if (given !== undefined) places[name] = flags[name] === undefined ? variableOf(name) : `--${name}`;
      values[name] = given ?? setting.default;
      if (setting.required === true && (values[name] ?? '') === '')
        throw new PrunefrontError('PRUNEFRONT_USAGE', `The option --${name} is missing`, {
          place: `--${name}`,
          hint: `--${name} ${setting.value}, or ${variableOf(name)}`,
        });
    }
    return new Settings(table, values, places);
  }

  /** The text of a setting. */
  text<Name extends keyof Table & string>(name: Name): Text<Table[Name]> {
    return this.values[name] as Text<Table[Name]>;
  }

  /**
   * A whole number, one or more.
   * @throws PrunefrontError `PRUNEFRONT_USAGE`
   */
  whole<Name extends keyof Table & string>(name: Name): Text<Table[Name]> extends string ? number : number | undefined {
    const text = this.values[name];
    const value = text === undefined ? undefined : wholeNumber(this.place(name), text);
    return value as Text<Table[Name]> extends string ? number : number | undefined;
  }

  /** Where a setting was given: its flag or its variable; its flag where nobody gave it. */
  place(name: keyof Table & string): string {
    return this.places[name] ?? `--${name}`;
  }

  /** Whether somebody gave it. */
  isGiven(name: keyof Table & string): boolean {
    return this.places[name] !== undefined;
  }

  /** All values that are known. */
  given(): Readonly<Partial<Record<keyof Table & string, string>>> {
    return Object.fromEntries(Object.entries(this.values).filter(([, value]) => value !== undefined)) as Partial<
      Record<keyof Table & string, string>
    >;
  }

  /** All values that are known, for people: secrets are masked. */
  masked(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.entries<Setting>(this.table).flatMap(([name, { secret }]) => {
        const value = this.values[name];
        return value === undefined ? [] : [[name, secret === true ? MASK : value]];
      }),
    );
  }
}

/** What stands for a secret. */
export const MASK = '***';

function flagsOf(table: SettingTable, args: readonly string[]): Readonly<Record<string, string | undefined>> {
  for (const arg of args) {
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name === undefined || Object.hasOwn(table, name)) continue;
    const near = nearest(name, Object.keys(table));
    throw new PrunefrontError('PRUNEFRONT_USAGE', `There is no option --${name}`, {
      ...{ place: `--${name}`, allowed: 'those that --help lists' },
      ...(near === null ? {} : { hint: `did you mean --${near}?` }),
    });
  }
  const options = Object.fromEntries(Object.keys(table).map((name) => [name, { type: 'string' } as const]));
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw usageError(error);
  }
}

/** The help of a process: every setting with its variable and default. */
export function helpOf(process: string, summary: string, table: SettingTable): string {
  const rows = Object.entries(table).map(([name, { value, help, default: standard, required }]) => [
    `  --${name} ${value}`,
    `${help}${standard === undefined ? '' : ` (default: ${standard})`}${required === true ? ' (required)' : ''}`,
  ]);
  const width = Math.max(...rows.map(([flag = '']) => flag.length)) + 2;
  return [
    `Usage: prunefront ${process} [options]`,
    '',
    summary,
    '',
    'Options:',
    ...rows.map(([flag = '', help]) => flag.padEnd(width) + help),
    `${'  --help'.padEnd(width)}show this`,
    '',
    'Each option can be given by an environment variable, too: --drain-timeout by PRUNEFRONT_DRAIN_TIMEOUT.',
    'TEMPORAL_* variables and profiles of the Temporal CLI count where neither is given.',
    '',
  ].join('\n');
}
