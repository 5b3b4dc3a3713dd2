import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PrunefrontError } from '../core/errors.js';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
/** More than the room that a full disk keeps for names. */
const PROBE_BYTES = 16 * 1024;

/**
 * Writes files into a folder, all of them or none; folders made for them are gone again where it fails. Returns those that had other content there.
 * @throws PrunefrontError `PRUNEFRONT_STORE_FULL`, `PRUNEFRONT_STORE_READ_ONLY`
 */
export async function writeFiles(folder: string, files: ReadonlyMap<string, Buffer>): Promise<string[]> {
  const overwritten: string[] = [];
  await inFolder(folder, async () => {
    const written: { readonly temporary: string; readonly target: string }[] = [];
    try {
      for (const [name, content] of files) {
        const target = join(folder, name);
        const temporary = `${target}.${process.pid}.part`;
        written.push({ temporary, target });
        await writeFile(temporary, content);
        // One that cannot be read is replaced, or says why not, below.
        const before = await readFile(target).catch(() => null);
        if (before !== null && !before.equals(content)) overwritten.push(name);
      }
      for (const { temporary, target } of written) await rename(temporary, target);
    } catch (error) {
      await Promise.all(written.map(({ temporary }) => rm(temporary, { force: true })));
      throw error;
    }
  });
  return overwritten;
}

/**
 * Fails where files could not be written to a folder, and leaves nothing there.
 * @throws PrunefrontError `PRUNEFRONT_STORE_FULL`, `PRUNEFRONT_STORE_READ_ONLY`
 */
export async function requireWritable(folder: string): Promise<void> {
  const made = await inFolder(folder, async () => {
    const probe = join(folder, `.prunefront-${process.pid}.part`);
    try {
      await writeFile(probe, Buffer.alloc(PROBE_BYTES, 1));
    } finally {
      await rm(probe, { force: true });
    }
  });
  if (made !== null) await rm(made, { recursive: true });
}

/** Makes a folder and acts in it; returns the topmost folder made, or null. */
async function inFolder(folder: string, action: () => Promise<void>): Promise<string | null> {
  let made: string | null = null;
  try {
    made = await makeFolder(folder);
    await action();
    return made;
  } catch (error) {
    if (made !== null) await rm(made, { recursive: true, force: true });
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw FULL.has(code)
      ? new PrunefrontError('PRUNEFRONT_STORE_FULL', 'The folder for files has no space left', {
          place: folder,
          found: code,
          allowed: 'a folder with free space',
          hint: 'free space, or choose another folder; what was trained is kept',
        })
      : new PrunefrontError('PRUNEFRONT_STORE_READ_ONLY', 'The folder for files cannot be written', {
          place: folder,
          found: code,
          allowed: 'a folder that can be made and written',
          hint: 'choose another folder; what was trained is kept',
        });
  }
}

/** Like `mkdir -p`. Node's own never ends below folders such as /proc, which say ENOENT to any `mkdir`. */
async function makeFolder(path: string): Promise<string | null> {
  try {
    await mkdir(path);
    return path;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return null;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    const made = await makeFolder(dirname(path));
    return (await mkdir(path).then(() => path, ifThere)) === null ? made : (made ?? path);
  }
}

/** Another process was faster. */
function ifThere(error: NodeJS.ErrnoException): null {
  if (error.code !== 'EEXIST') throw error;
  return null;
}
