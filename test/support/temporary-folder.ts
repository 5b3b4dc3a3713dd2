import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type afterAll, afterEach } from 'vitest';

/** A maker of empty folders that are gone after each test, or after all tests of the group. */
export function temporaryFolders(after: typeof afterEach | typeof afterAll = afterEach): () => Promise<string> {
  const made: string[] = [];
  after(async () => {
    await Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
  });
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), 'prunefront-test-'));
    made.push(folder);
    return folder;
  };
}
