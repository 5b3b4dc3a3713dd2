import { type Choice, nameOf, settingsOf } from '../registry/index.js';
import type { DatasetSource } from '../sweep/spec.js';

/** The reader of a source with its settings. */
export function readerChoice(source: DatasetSource): Choice {
  if ('builtin' in source) return source.builtin;
  return 'reader' in source ? source.reader : source;
}

/** The source with other values of some settings of its reader, by name. */
export function withSettings(source: DatasetSource, values: Readonly<Record<string, string>>): DatasetSource {
  const choice = readerChoice(source);
  if (typeof choice === 'string') return source;
  const changed = { [nameOf(choice)]: { ...settingsOf(choice), ...values } };
  // The keys are those of the source.
  return ('reader' in source ? { reader: changed } : changed) as DatasetSource;
}
