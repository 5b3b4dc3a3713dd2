/** Characters of a trainer's last words that are told. */
const TOLD = 1000;

/** What TensorFlow says at every start: notes of its log (`I`), and what follows them without a mark of its own. */
const BANNER = [
  /^(WARNING: )?All log messages before absl::InitializeLog\(\)/,
  /^I\d{4} \d\d:\d\d:\d\d/,
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: I /,
  /^To enable the following instructions: /,
];

/** What a process said last on its standard error, without the banner of TensorFlow. */
export function lastWords(standardError: string): string {
  const lines = standardError.split('\n').filter((line) => !BANNER.some((pattern) => pattern.test(line)));
  return lines.join('\n').trim().slice(-TOLD);
}
