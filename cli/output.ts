/** Writes a line for people, or for programs with `--json`. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes a value as one line of JSON. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}
