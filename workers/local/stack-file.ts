import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProcess } from './process-identity.js';

/** What a running stack tells others in its state folder. */
export interface StackFile {
  readonly pid: number;
  /** Address of its gateway; null once the stack is ending. */
  readonly gateway: string | null;
  /** Address of the page that the gateway serves. */
  readonly page: string;
  readonly temporal: string;
  /** Addresses by process, each of which serves `/metrics`. */
  readonly metrics: Readonly<Record<string, string>>;
  /** Process ids by name, for tests and for `doctor`. */
  readonly processes: Readonly<Record<string, number | null>>;
}

const SUPERVISOR = 'local/main.js';
const POLL_MS = 100;
const SETTLE_MS = 50;

/**
 * Takes a state folder for this process, so that no two stacks run on it. Returns null, or the gateway of the stack that has it; one
 * that is just starting, or ending, is waited for until the signal fires.
 */
export async function claimState(stateFolder: string, signal: AbortSignal): Promise<string | null> {
  const lock = lockPath(stateFolder);
  for (;;) {
    signal.throwIfAborted();
    const text = read(lock);
    const owner = Number(text ?? Number.NaN);
    if (owner === process.pid) return null;
    if (isProcess(owner, SUPERVISOR)) {
      const running = readStackFile(stateFolder);
      if (running?.pid === owner && running.gateway !== null) return running.gateway;
      await sleep(POLL_MS);
      continue;
    }
    if (text !== null) removeStale(lock, text);
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    // Another process may have taken the same stale lock for free; the last to write has it.
    await sleep(SETTLE_MS);
  }
}

/** Removes the lock that a dead process left, and no one else's: of several who see it, one gets to rename it. */
function removeStale(lock: string, text: string): void {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
    if (read(aside) !== text) linkSync(aside, lock);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Gives the state folder back. */
export function releaseState(stateFolder: string): void {
  rmSync(filePath(stateFolder), { force: true });
  rmSync(lockPath(stateFolder), { force: true });
}

/** What the last stack on a state folder told, whether it still runs or not; null where there was none. */
export function readStackFile(stateFolder: string): StackFile | null {
  try {
    return JSON.parse(read(filePath(stateFolder)) ?? 'null') as StackFile | null;
  } catch {
    return null;
  }
}

/** Tells others; a reader sees the old text or the new one. */
export function writeStackFile(stateFolder: string, stack: StackFile): void {
  const path = filePath(stateFolder);
  const text = `${JSON.stringify(stack, null, 2)}\n`;
  if (read(path) === text) return;
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function filePath(stateFolder: string): string {
  return join(stateFolder, 'stack.json');
}

function lockPath(stateFolder: string): string {
  return join(stateFolder, 'stack.lock');
}

/** Tells the stack on a state folder that this process uses it; returns what tells that it does no more. */
export function attach(stateFolder: string): () => void {
  const file = join(attachedFolder(stateFolder), String(process.pid));
  mkdirSync(attachedFolder(stateFolder), { recursive: true });
  writeFileSync(file, '');
  return () => rmSync(file, { force: true });
}

/** Whether another process that lives uses the stack on a state folder. */
export function isAttached(stateFolder: string): boolean {
  try {
    return readdirSync(attachedFolder(stateFolder)).some((pid) => isProcess(Number(pid), SUPERVISOR));
  } catch {
    return false;
  }
}

function attachedFolder(stateFolder: string): string {
  return join(stateFolder, 'attached');
}
