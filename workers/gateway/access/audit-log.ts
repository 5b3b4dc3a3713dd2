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
  /** What it was about, by kind: `{ "sweep": "demo-1a2b3c4d" }`. */
  readonly target: Readonly<Record<string, string>>;
  /** `OK`, or the code of the error. */
  readonly outcome: string;
  /** Address that the call came from. */
  readonly peer: string;
}

/** A log that is only appended to: one line of JSON an entry. */
export class AuditLog {
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

  /** Appends one entry, in one write, so that several gateways may share a file. */
  async append(entry: AuditEntry): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    try {
      const { bytesWritten } = await this.file.write(line);
      if (bytesWritten !== line.length) throw new Error(`${bytesWritten} of ${line.length} bytes`);
    } catch (error) {
      throw unwritable(this.path, error, 'PRUNEFRONT_STORE_FULL');
    }
  }

  close(): Promise<void> {
    return this.file.close();
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
