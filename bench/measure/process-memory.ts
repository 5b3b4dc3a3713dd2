import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** One process as /proc shows it. */
interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly command: readonly string[];
}

/** What a process held at most, in bytes, and worked. */
export interface ProcessPeak {
  readonly pid: number;
  /** What the process is: `trainer`, `temporal server`, or the name of its script. */
  readonly role: string;
  /** Resident set. */
  readonly rss: number;
  /** Proportional set: pages shared with others count in part. */
  readonly pss: number;
  /** Processor time, user and system, in seconds. */
  readonly cpuSeconds: number;
}

/** Peaks of the processes, and of all those that do not train at one moment. */
export interface MemoryReport {
  readonly processes: readonly ProcessPeak[];
  /** Largest sum of the proportional sets of all processes but the trainers at one moment. */
  readonly controlPss: number;
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended meanwhile.
    return '';
  }
}

function allProcesses(): ProcessEntry[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    // The command in parentheses may hold anything, so the fields are counted from its end.
    const stat = text(`/proc/${name}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    const command = text(`/proc/${name}/cmdline`).split('\0').filter(Boolean);
    return Number.isNaN(parent) || command.length === 0 ? [] : [{ pid: Number(name), parent, command }];
  });
}

/** A process and all that it started, directly or not. */
export function processTree(root: number): readonly ProcessEntry[] {
  const all = allProcesses();
  const inside = new Set([root]);
  let before = 0;
  while (before < inside.size) {
    before = inside.size;
    for (const { pid, parent } of all) if (inside.has(parent)) inside.add(pid);
  }
  return all.filter(({ pid }) => inside.has(pid));
}

/** What a process is, by its command line. */
export function processRole(command: readonly string[]): string {
  const program = basename(command[0] ?? '');
  if (program.startsWith('temporal')) return 'temporal server';
  const script = command.slice(1).find((argument) => /\.(m?js|py)$/.test(argument));
  if (script === undefined) return program;
  if (script.includes('/trainer/')) return 'trainer';
  const name = basename(script).replace(/\.m?js$/, '');
  return name === 'main' || name === 'index' ? basename(script.split('/').at(-2) ?? name) : name;
}

function kilobytes(path: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text(path))?.[1] ?? 0) * 1024;
}

/** What a process holds now, in bytes. */
export function memoryOf(pid: number): Pick<ProcessPeak, 'rss' | 'pss'> {
  return { rss: kilobytes(`/proc/${pid}/status`, 'VmRSS'), pss: kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss') };
}

/** Linux counts processor time in hundredths of a second, whatever the clock of its kernel. */
const TICKS_PER_SECOND = 100;

function cpuSeconds(pid: number): number {
  const stat = text(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
}

/** Processor seconds so far of a process and all that it started, but not of its trainers. */
export function controlCpuSeconds(root: number): number {
  const control = processTree(root).filter(({ command }) => processRole(command) !== 'trainer');
  return control.reduce((total, { pid }) => total + cpuSeconds(pid), 0);
}

/**
 * Watches the memory of a process and all that it starts until `stop` is called.
 * @param root process id
 * @param options time between two looks, and whether the process itself counts
 */
export function watchMemory(root: number, { everyMs = 500, withRoot = true } = {}): { stop(): MemoryReport } {
  const peaks = new Map<number, ProcessPeak>();
  let controlPss = 0;
  const look = (): void => {
    let control = 0;
    for (const { pid, command } of processTree(root)) {
      if (pid === root && !withRoot) continue;
      const role = processRole(command);
      const { rss, pss } = memoryOf(pid);
      const before = peaks.get(pid);
      peaks.set(pid, {
        pid,
        role,
        rss: Math.max(rss, before?.rss ?? 0),
        pss: Math.max(pss, before?.pss ?? 0),
        cpuSeconds: cpuSeconds(pid) || (before?.cpuSeconds ?? 0),
      });
      if (role !== 'trainer') control += pss;
    }
    controlPss = Math.max(controlPss, control);
  };
  look();
  const timer = setInterval(look, everyMs);
  return {
    stop() {
      clearInterval(timer);
      return { processes: [...peaks.values()], controlPss };
    },
  };
}
