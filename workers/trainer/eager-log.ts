/** Characters of a program's key that tell it apart in a log. */
const KEY_LENGTH = 12;

/** What says on standard error why something could not be compiled: once for each program and reason, however often it is found out. */
export function eagerLog(
  ranOn: string,
  write: (line: string) => void = (line) => process.stderr.write(line),
): (key: string, because: string) => void {
  const told = new Set<string>();
  return (key, because) => {
    const program = key.slice(0, KEY_LENGTH);
    const what = `${program} ${because}`;
    if (told.has(what)) return;
    told.add(what);
    write(`${new Date().toISOString()} WARN trainer ${ranOn}: runs eagerly, program ${program}: ${because}\n`);
  };
}
