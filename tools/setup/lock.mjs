// @ts-check
// One set-up at a time for one result; results are renamed into place, so the lock saves work and is not what keeps them whole.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheDir } from '../paths.mjs';
import { isAlive } from './processes.mjs';

const BEAT_MS = 5_000;
const STALE_MS = 60_000;
const held = new Set();

/**
 * Runs work while no other process does work of the same name.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (holder: string) => void }} [options]
 */
export async function withLock(name, work, options = {}) {
  const file = join(cacheDir(), 'locks', `${name}.lock`);
  mkdirSync(dirname(file), { recursive: true });
  const me = `${hostname()} ${process.pid}`;
  let told = false;
  while (!tryTake(file, me)) {
    const holder = read(file);
    if (holder !== undefined && isStale(file, holder)) {
      steal(file, holder);
      continue;
    }
    if (!told && holder !== undefined) options.onWait?.(holder);
    told = true;
    await sleep(200);
  }
  held.add(file);
  // A beat tells other machines on a shared home folder that the holder lives.
  const beat = setInterval(() => touch(file), BEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    rmSync(file, { force: true });
    held.delete(file);
  }
}

/** For signal handlers. */
export function releaseLocks() {
  for (const file of held) rmSync(file, { force: true });
}

/**
 * @param {string} file
 * @param {string} me
 */
function tryTake(file, me) {
  try {
    writeFileSync(file, me, { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {string} file */
function touch(file) {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Stolen or removed; the result is renamed into place all the same.
  }
}

/**
 * @param {string} file
 * @param {string} holder
 */
function isStale(file, holder) {
  const [host, pid] = holder.split(' ');
  if (host === hostname() && pid !== undefined && !isAlive(Number(pid))) return true;
  try {
    return Date.now() - statSync(file).mtimeMs > STALE_MS;
  } catch {
    return false;
  }
}

/**
 * @param {string} file
 * @param {string} holder
 */
function steal(file, holder) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  // Someone else was quicker, and this is the new holder's: give it back.
  if (read(aside) !== holder) tryTake(file, read(aside) ?? '');
  rmSync(aside, { force: true });
}
