import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Whether a process lives and its command line holds a text. Ids are given out again, so that a number in a file alone proves nothing;
 * where the system does not show command lines, being alive has to do.
 */
export function isProcess(pid: number, commandPart: string): boolean {
  // Zero and below mean whole groups of processes.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return commandLine(pid)?.includes(commandPart) ?? true;
}

function commandLine(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    try {
      return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    } catch {
      return null;
    }
  }
}
