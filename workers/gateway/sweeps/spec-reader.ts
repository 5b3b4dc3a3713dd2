import { parseSpec } from '../../../core/spec/parse-spec.js';
import type { SweepSpec } from '../../../core/sweep/spec.js';
import type { SpecSource__Output } from '../../../proto/generated/prunefront/v1/SpecSource.js';

/** Validates a spec that a caller sent. */
export type SpecReader = (spec: SpecSource__Output | null) => Promise<SweepSpec>;

/**
 * Reads specs of callers.
 * @param within - folder that everything which they name must lie in; null for anywhere
 */
export function specReader(within: string | null): SpecReader {
  return (spec) =>
    parseSpec({
      ...textOf(spec),
      baseFolder: spec?.baseFolder ?? '.',
      within,
    });
}

/** The YAML of a spec that a caller sent, and what errors call its file. */
export function textOf(spec: SpecSource__Output | null): { readonly text: string; readonly fileName: string } {
  return { text: spec?.text ?? '', fileName: spec?.fileName ?? 'spec' };
}
