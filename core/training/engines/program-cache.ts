import { EagerOnly } from '../compiled/eager-only.js';
import type { Program } from '../compiled/program/program.js';

/** What became of compiling something: the program, or why it runs eagerly. */
export type Compiled = { readonly program: Program } | { readonly eagerBecause: string };

/** Bytes of programs that a cache keeps unless told otherwise. */
const DEFAULT_BYTES = 512 * 1024 * 1024;

/**
 * The programs of a process, the ones used last: the next stage of the same shape finds graph and data ready. The one in use stays,
 * however big.
 */
export class ProgramCache {
  private readonly entries = new Map<string, Compiled>();

  /**
   * @param limit - bytes of all programs
   * @param residentLimit - bytes that data may take in them: what would take more by itself is streamed
   */
  constructor(
    private readonly limit = DEFAULT_BYTES,
    readonly residentLimit = Number.POSITIVE_INFINITY,
  ) {}

  /** Bytes of all programs: weights, slots, masks, resident data. */
  get bytes(): number {
    return [...this.entries.values()].reduce((sum, entry) => sum + bytesOf(entry), 0);
  }

  /** Bytes of the data in all programs. */
  get residentBytes(): number {
    return [...this.entries.values()].reduce(
      (sum, entry) => sum + ('program' in entry ? entry.program.residentBytes : 0),
      0,
    );
  }

  /** Programs that are kept. */
  get size(): number {
    return [...this.entries.values()].filter((entry) => 'program' in entry).length;
  }

  /** What is known under this key. */
  peek(key: string): Compiled | undefined {
    return this.entries.get(key);
  }

  /** The program under this key; compiles it where there is none. That it can't be compiled is remembered, too. */
  get(key: string, compile: () => Program): Compiled {
    const known = this.entries.get(key);
    this.entries.delete(key);
    const entry = known ?? attempt(compile);
    this.entries.set(key, entry);
    this.evict();
    return entry;
  }

  /** Frees all programs. */
  dispose(): void {
    for (const entry of this.entries.values()) if ('program' in entry) entry.program.dispose();
    this.entries.clear();
  }

  /** The oldest go first, the newest never. */
  private evict(): void {
    for (const [key, entry] of [...this.entries].slice(0, -1)) {
      if (this.bytes <= this.limit && this.residentBytes <= this.residentLimit) return;
      if ('program' in entry) entry.program.dispose();
      this.entries.delete(key);
    }
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
