import { nameOf, settingsOf } from '../registry/index.js';
import type { DatasetSource } from '../sweep/spec.js';
import { READERS } from './index.js';
import { readerChoice, withSettings } from './source.js';

/** The files that a source names, by setting of its reader. */
export function sourceFiles(source: DatasetSource): Readonly<Record<string, string>> {
  const choice = readerChoice(source);
  const { settings } = READERS.get(nameOf(choice));
  const given = Object.entries(settingsOf(choice));
  return Object.fromEntries(
    given.flatMap(([key, value]) => (settings[key]?.kind === 'file' ? [[key, String(value)]] : [])),
  );
}

/** The source with each of its files changed. */
export function withFiles(source: DatasetSource, change: (file: string) => string): DatasetSource {
  const files = Object.entries(sourceFiles(source)).map(([key, file]) => [key, change(file)]);
  return withSettings(source, Object.fromEntries(files));
}
