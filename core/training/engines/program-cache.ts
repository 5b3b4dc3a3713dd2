import { EagerOnly } from '../compiled/eager-only.js';
import type { Program } from '../compiled/program/program.js';
import { LastUsed } from './last-used.js';

/** What became of compiling something: the program, or why it runs eagerly. */
export type Compiled = { readonly program: Program } | { readonly eagerBecause: string };

/** Bytes of programs that a cache keeps unless told otherwise. */
export const DEFAULT_PROGRAM_BYTES = 512 * 1024 * 1024;

/** How much a cache of programs keeps, and who hears of it. */
export interface ProgramCacheOptions {
  /** Bytes of all programs. @default 512 MiB */
  readonly bytes?: number | undefined;
  /** Bytes that data may take in all programs: what would take more by itself is streamed. @default no limit */
  readonly residentBytes?: number | undefined;
  /** Hears of each thing that can't be compiled, when that is found out. */
  readonly onEager?: ((key: string, because: string) => void) | undefined;
}

/**
 * The programs of a process, the ones used last: the next stage of the same shape finds graph and data ready. The one in use stays,
 * however big.
 */
export class ProgramCache {
  /** Bytes that data may take in all programs: what would take more by itself is streamed. */
  readonly residentLimit: number;
  private readonly known: LastUsed<Compiled>;
  private readonly onEager: (key: string, because: string) => void;
  private compilations = 0;

  constructor({ bytes = DEFAULT_PROGRAM_BYTES, residentBytes, onEager }: ProgramCacheOptions = {}) {
    this.residentLimit = residentBytes ?? Number.POSITIVE_INFINITY;
    this.onEager = onEager ?? (() => undefined);
    this.known = new LastUsed(bytes, bytesOf, (entry) => {
      if ('program' in entry) entry.program.dispose();
    });
  }

  /** Bytes of all programs: weights, slots, masks, resident data. */
  get bytes(): number {
    return this.known.bytes;
  }

  /** Bytes of the data in all programs. */
  get residentBytes(): number {
    return this.known.values.reduce((sum, entry) => sum + ('program' in entry ? entry.program.residentBytes : 0), 0);
  }

  /** Programs that are kept. */
  get size(): number {
    return this.known.values.filter((entry) => 'program' in entry).length;
  }

  /** Times that something was compiled, or found to run only eagerly. */
  get compiled(): number {
    return this.compilations;
  }

  /** What is known under this key. */
  peek(key: string): Compiled | undefined {
    return this.known.peek(key);
  }

  /** The program under this key; compiles it where there is none. That it can't be compiled is remembered, too. */
  get(key: string, compile: () => Program): Compiled {
    const known = this.known.use(key);
    if (known !== undefined) return known;
    const entry = attempt(compile);
    this.compilations += 1;
    this.known.keep(key, entry);
    while (this.residentBytes > this.residentLimit && this.known.dropOldest());
    if ('eagerBecause' in entry) this.onEager(key, entry.eagerBecause);
    return entry;
  }

  /** Frees all programs. */
  dispose(): void {
    this.known.clear();
  }
}

function attempt(compile: () => Program): Compiled {
  try {
    return { program: compile() };
  } catch (error) {
    if (error instanceof EagerOnly) return { eagerBecause: error.message };
    throw error;
  }
}

function bytesOf(entry: Compiled): number {
  return 'program' in entry ? entry.program.bytes : 0;
}
