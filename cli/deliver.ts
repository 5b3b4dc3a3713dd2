import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { PrunefrontError } from '../core/errors.js';
import type { SweepResult } from '../core/sweep/result.js';
import type { Gateway } from './gateway-client.js';
import { frontRows } from './view/front-table.js';

/** Writes report, observations and the front's models into a folder. */
export async function deliver(gateway: Gateway, result: SweepResult, folder: string): Promise<void> {
  await writeFiles(folder, await gateway.report(result.sweepId));
  for (const { id } of frontRows(result)) {
    await writeFiles(join(folder, 'models', id), await gateway.exportCandidate(result.sweepId, id));
  }
}

/** Writes files into a folder, each whole or not at all. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, content] of files) {
      const target = join(folder, name);
      const temporary = `${target}.${process.pid}.part`;
      try {
        await writeFile(temporary, content);
        await rename(temporary, target);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    throw new PrunefrontError(
      full ? 'PRUNEFRONT_STORE_FULL' : 'PRUNEFRONT_STORE_READ_ONLY',
      `Files cannot be written to ${folder}`,
      {
        place: folder,
        found: code ?? String(error),
        allowed: 'a folder with space that can be written',
      },
    );
  }
}

/** A path as a person would type it from here. */
export function fromHere(path: string): string {
  const shown = relative(process.cwd(), resolve(path));
  return shown === '' ? '.' : shown.startsWith('..') ? resolve(path) : shown;
}
