import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PrunefrontError } from '../../../core/errors.js';
import type { Principal } from './roles.js';

/** Who did what. Never a token, and never the content of a request. */
export interface AuditEntry {
  /** RFC 3339. */
  readonly time: string;
  /** Null where nobody knows who it was. */
  readonly principal: string | null;
  readonly role: Principal['role'] | null;
  /** `SweepService/StartSweep`. */
  readonly method: string;
  /** What it was about, by kind: `{ "sweep": "demo-1a2b3c4d" }`; a version or a number of candidates as a number. */
  readonly target: Readonly<Record<string, string | number>>;
  /** `OK`, or the code of the error. */
  readonly outcome: string;
  /** Address that the call came from. */
  readonly peer: string;
  /** How many refused calls of unknown callers this one line stands for; its method and its peer are `*` then. */
  readonly leftOut?: number;
}

/** Whoever nobody knows must not fill the disk: calls of theirs that are written one by one in a second, of all of them together. */
const STRANGERS_A_SECOND = 10;
const SECOND_MS = 1000;

/** A log that is only appended to: one line of JSON an entry. */
export class AuditLog {
  private strangers = 0;
  private leftOut = 0;
  private second: NodeJS.Timeout | null = null;

  private constructor(
    private readonly file: FileHandle,
    private readonly path: string,
  ) {}

  /** @throws PrunefrontError `PRUNEFRONT_USAGE` where it cannot be written */
  static async open(path: string): Promise<AuditLog> {
    try {
      await mkdir(dirname(path), { recursive: true });
      return new AuditLog(await open(path, 'a', 0o600), path);
    } catch (error) {
      throw unwritable(path, error, 'PRUNEFRONT_USAGE');
    }
  }

  /**
   * Appends one entry. Of unknown callers only so many a second are written, and then how many were left out.
   * @throws PrunefrontError `PRUNEFRONT_STORE_FULL` where it cannot be written
   */
  async append(entry: AuditEntry): Promise<void> {
    if (entry.principal !== null || this.hasRoomForStranger()) await this.write(entry);
  }

  /** Says what was left out last, and closes the file. */
  async close(): Promise<void> {
    if (this.second !== null) clearTimeout(this.second);
    await this.tellLeftOut();
    await this.file.close();
  }

  private hasRoomForStranger(): boolean {
    this.second ??= setTimeout(() => {
      this.second = null;
      this.strangers = 0;
      void this.tellLeftOut();
    }, SECOND_MS).unref();
    this.strangers += 1;
    if (this.strangers <= STRANGERS_A_SECOND) return true;
    this.leftOut += 1;
    return false;
  }

  private async tellLeftOut(): Promise<void> {
    const { leftOut } = this;
    if (leftOut === 0) return;
    this.leftOut = 0;
    const anybody = { principal: null, role: null, method: '*', target: {}, peer: '*' };
    const entry = { time: new Date().toISOString(), ...anybody, outcome: 'PRUNEFRONT_UNAUTHENTICATED', leftOut };
    await this.write(entry).catch(() => {
      // Nobody waits for this line; what it says is said with the next one.
      this.leftOut += leftOut;
    });
  }

  /** One write, so that several gateways may share a file. */
  private async write(entry: AuditEntry): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    try {
      const { bytesWritten } = await this.file.write(line);
      if (bytesWritten !== line.length) throw new Error(`${bytesWritten} of ${line.length} bytes`);
    } catch (error) {
      throw unwritable(this.path, error, 'PRUNEFRONT_STORE_FULL');
    }
  }
}

function unwritable(
  place: string,
  error: unknown,
  code: 'PRUNEFRONT_USAGE' | 'PRUNEFRONT_STORE_FULL',
): PrunefrontError {
  const found = error instanceof Error ? error.message : String(error);
  return new PrunefrontError(code, 'The audit log cannot be written', { place, found }, { cause: error });
}
