/** Something with the time of its last change. */
export interface Dated {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** The newest first; of equally new ones the last by name, as folders are often named by their date. */
export function newestFirst(found: readonly Dated[]): Dated[] {
  return [...found].sort((a, b) => b.modifiedMs - a.modifiedMs || (a.path < b.path ? 1 : -1));
}
