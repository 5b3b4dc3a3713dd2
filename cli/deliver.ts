import { join, relative, resolve } from 'node:path';
import type { PrunefrontClient } from '../client/prunefront-client.js';
import type { SweepResult } from '../core/sweep/result.js';
import { frontRows } from './view/front-table.js';
import { writeFiles } from './write-files.js';

/** Writes report, observations and the front's models into a folder. */
export async function deliver(gateway: PrunefrontClient, result: SweepResult, folder: string): Promise<void> {
  await writeFiles(folder, await gateway.report(result.sweepId));
  for (const { id } of frontRows(result)) {
    await writeFiles(join(folder, 'models', id), await gateway.exportCandidate(result.sweepId, id));
  }
}

/** A path as a person would type it from here. */
export function fromHere(path: string): string {
  const shown = relative(process.cwd(), resolve(path));
  return shown === '' ? '.' : shown.startsWith('..') ? resolve(path) : shown;
}

/** Which files were written where, and which of them replaced others. */
export function writtenWords(files: Iterable<string>, folder: string, overwritten: readonly string[]): string {
  const replaced = overwritten.length === 0 ? '' : `; ${overwritten.join(', ')} of before overwritten`;
  return `${[...files].join(', ')} in ${fromHere(folder)}${replaced}`;
}
