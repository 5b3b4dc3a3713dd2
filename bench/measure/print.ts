import Table from 'cli-table3';
import type { MemoryReport } from './process-memory.js';

/** Seconds for people. */
export function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

/** Bytes in millions. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

/** A plain table; the first row of cells is its head. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const made = new Table({ head: [...head], style: { head: [], border: [] } });
  made.push(...rows.map((row) => [...row]));
  return made.toString();
}

/** Peak memory of each process, and of the control processes together where that was measured. */
export function memoryTable({
  processes,
  controlPss,
}: Pick<MemoryReport, 'processes'> & Partial<MemoryReport>): string {
  const rows = processes.map(({ role, pid, rss, pss, cpuSeconds }) => [
    `${role} (${pid})`,
    megabytes(rss),
    megabytes(pss),
    seconds(cpuSeconds),
  ]);
  const control =
    controlPss === undefined ? '' : `\nControl processes together, at one moment: ${megabytes(controlPss)} PSS`;
  return table(['process', 'peak RSS', 'peak PSS', 'processor'], rows) + control;
}
