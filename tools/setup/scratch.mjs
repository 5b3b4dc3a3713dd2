// @ts-check
// Work in progress lives here and is renamed into place when it is whole.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheDir } from '../paths.mjs';
import { isAlive } from './processes.mjs';

const live = new Set();
let count = 0;

function scratchRoot() {
  return join(cacheDir(), 'tmp');
}

/**
 * Runs work in a fresh folder on the cache's file system, and removes it whatever happens.
 * @template T
 * @param {(folder: string) => Promise<T>} work
 */
export function withScratch(work) {
  return withScratchIn(scratchRoot(), work);
}

/**
 * The same in a folder of choice, for results that belong on that file system.
 * @template T
 * @param {string} parent
 * @param {(folder: string) => Promise<T>} work
 */
export async function withScratchIn(parent, work) {
  const folder = join(parent, `${hostname()}~${process.pid}~${count++}`);
  mkdirSync(folder, { recursive: true });
  live.add(folder);
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    live.delete(folder);
  }
}

/** For signal handlers: what this process leaves half-done goes with it. */
export function removeLiveScratch() {
  for (const folder of live) rmSync(folder, { recursive: true, force: true });
}

/** What killed runs on this machine left behind. */
export function sweepScratch(parent = scratchRoot()) {
  if (!existsSync(parent)) return;
  for (const entry of readdirSync(parent)) {
    const [host, pid, number] = entry.split('~');
    if (host !== hostname() || number === undefined || isAlive(Number(pid))) continue;
    rmSync(join(parent, entry), { recursive: true, force: true });
  }
}

/**
 * Puts a whole folder or file in its place; a broken one that is there already makes room.
 * @param {string} from
 * @param {string} to
 */
export function publish(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  const old = `${from}.old`;
  if (existsSync(to)) renameSync(to, old);
  renameSync(from, to);
  rmSync(old, { recursive: true, force: true });
}

/**
 * Makes or replaces a symbolic link in one move.
 * @param {string} target
 * @param {string} link
 */
export function publishLink(target, link) {
  mkdirSync(dirname(link), { recursive: true });
  const temporary = `${link}.${process.pid}`;
  rmSync(temporary, { force: true });
  symlinkSync(target, temporary);
  renameSync(temporary, link);
}
