import { constants } from 'node:fs';
import { access, readFile, stat, statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { hasNvidiaGpu, projectRoot } from '../paths.mjs';
import type { Diagnosis } from './diagnosis.js';
import { firstLine, runProgram } from './run-program.js';

const GIB = 2 ** 30;
const MEMORY_WANTED = 2 * GIB;
const DISK_WANTED = 5 * GIB;

export async function diagnoseDriver(): Promise<Diagnosis> {
  const name = 'GPU';
  if (!hasNvidiaGpu()) return { name, state: 'ok', found: 'no NVIDIA GPU; training runs on the CPU' };
  const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
  const { ok, stdout, stderr } = await runProgram('nvidia-smi', query);
  if (ok) return { name, state: 'ok', found: stdout.trim().split('\n').join('; ') };
  const found = `nvidia-smi fails: ${firstLine(stdout) || firstLine(stderr)}`;
  return { name, state: 'warning', found, remedy: 'install the NVIDIA driver, or set PRUNEFRONT_DEVICE=cpu' };
}

export async function diagnoseMemory(): Promise<Diagnosis> {
  const free = await availableMemory();
  const found = `${gibibytes(free)} of ${gibibytes(totalmem())} available`;
  if (free >= MEMORY_WANTED) return { name: 'memory', state: 'ok', found };
  const remedy = `end other programs; ${gibibytes(MEMORY_WANTED)} are wanted for the embedded server and one trainer`;
  return { name: 'memory', state: 'warning', found, remedy };
}

export async function diagnoseDisk(): Promise<Diagnosis> {
  const free = await freeDisk(projectRoot());
  const found = `${gibibytes(free)} free`;
  if (free >= DISK_WANTED) return { name: 'disk', state: 'ok', found };
  const remedy = `free some space; ${gibibytes(DISK_WANTED)} are wanted for TensorFlow, the store and the builds`;
  return { name: 'disk', state: 'warning', found, remedy };
}

export async function diagnoseStore(folder: string): Promise<Diagnosis> {
  const name = 'store';
  const path = resolve(folder);
  try {
    const existing = await nearestExisting(path);
    if (!(await stat(existing)).isDirectory()) throw new Error(`${existing} is no folder`);
    await access(existing, constants.W_OK | constants.X_OK);
    const made = existing === path ? '' : ', will be made';
    return { name, state: 'ok', found: `${path} is writable${made}, ${gibibytes(await freeDisk(existing))} free` };
  } catch (error) {
    const found = `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    return { name, state: 'problem', found, remedy: 'name another folder, or mend its owner and mode' };
  }
}

async function nearestExisting(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
    return nearestExisting(dirname(path));
  }
}

async function freeDisk(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** What programs can still get; free memory alone leaves out what the page cache would give back. */
async function availableMemory(): Promise<number> {
  try {
    const line = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile('/proc/meminfo', 'utf8'));
    return line?.[1] === undefined ? freemem() : Number(line[1]) * 1024;
  } catch {
    return freemem();
  }
}

function gibibytes(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}
