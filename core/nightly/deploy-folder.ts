import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { NamedBytes } from '../named-bytes.js';
import { guardDisk } from '../store/guard-disk.js';

const WHAT = 'folder for published models';

/**
 * Writes a version as the folder `NAME/vN`, all of it or nothing. One that is there stays.
 * @throws PrunefrontError `PRUNEFRONT_STORE_FULL`, `PRUNEFRONT_STORE_READ_ONLY`
 */
export async function writeVersion(
  folder: string,
  name: string,
  version: number,
  files: readonly NamedBytes[],
): Promise<void> {
  const target = join(folder, name, `v${version}`);
  await guardDisk(target, WHAT, async () => {
    if (await isThere(target)) return;
    const writing = join(folder, name, `.writing-${randomUUID()}`);
    try {
      await mkdir(writing, { recursive: true });
      for (const file of files) await writeDurably(join(writing, file.name), file.bytes);
      await rename(writing, target);
    } finally {
      await rm(writing, { recursive: true, force: true });
    }
  });
}

/** The largest number of a version of a name that the folder has; 0 where it has none. */
export async function newestInFolder(folder: string, name: string): Promise<number> {
  const entries = await readdir(join(folder, name)).catch(() => []);
  return Math.max(0, ...entries.map((entry) => Number(/^v(\d+)$/.exec(entry)?.[1] ?? 0)));
}

/**
 * Makes `NAME/current` a link to a version, in one step: whoever opens it finds a whole version at any moment.
 * @throws PrunefrontError `PRUNEFRONT_STORE_FULL`, `PRUNEFRONT_STORE_READ_ONLY`
 */
export async function switchCurrent(folder: string, name: string, version: number): Promise<void> {
  const link = join(folder, name, 'current');
  await guardDisk(link, WHAT, async () => {
    const next = join(folder, name, `.current-${randomUUID()}`);
    try {
      // Relative, so that the folder may be mounted elsewhere.
      await symlink(`v${version}`, next);
      await rename(next, link);
    } finally {
      await rm(next, { force: true });
    }
  });
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
