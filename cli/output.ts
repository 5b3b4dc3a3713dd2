/** Writes a line for people, or for programs with `--json`. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes a value as one line of JSON. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** Ends the command in order where its reader has gone, as in `prunefront list | head -1`. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

/** Columns of the terminal; some say that they have none. */
export function terminalColumns(): number {
  const { columns } = process.stdout;
  return columns === undefined || columns === 0 ? 80 : columns;
}
