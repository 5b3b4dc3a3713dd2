import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a running stack tells others in its state folder. */
export interface StackFile {
  readonly pid: number;
  readonly gateway: string;
  readonly temporal: string;
  /** Process ids by name, for tests and for `doctor`. */
  readonly processes: Readonly<Record<string, number | null>>;
}

/** The stack that runs on a state folder, or null. A file left behind by a killed one does not count. */
export function readStackFile(stateFolder: string): StackFile | null {
  try {
    const stack = JSON.parse(readFileSync(path(stateFolder), 'utf8')) as StackFile;
    process.kill(stack.pid, 0);
    return stack;
  } catch {
    return null;
  }
}

export function writeStackFile(stateFolder: string, stack: StackFile): void {
  writeFileSync(path(stateFolder), `${JSON.stringify(stack, null, 2)}\n`);
}

export function removeStackFile(stateFolder: string): void {
  rmSync(path(stateFolder), { force: true });
}

function path(stateFolder: string): string {
  return join(stateFolder, 'stack.json');
}
