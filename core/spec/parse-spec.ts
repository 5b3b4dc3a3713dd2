import type { SweepSpec } from '../sweep/spec.js';
import { fileProblems } from './check-files.js';
import { conflictsOf } from './conflicts.js';
import { outsideProblems } from './outside-files.js';
import { firstProblem, problemsOf } from './problems.js';
import { resolvePaths } from './resolve-paths.js';
import { specSchema } from './schema.js';
import { readYaml } from './yaml-source.js';

/** A spec as its user wrote it. */
export interface SpecSource {
  /** The YAML. */
  readonly text: string;
  /** What errors call the file. */
  readonly fileName: string;
  /** The folder that relative paths in the spec start from. */
  readonly baseFolder: string;
  /** Folder that everything which the spec names must lie in; null for anywhere. */
  readonly within: string | null;
}

/**
 * Validates a spec and fills in its defaults, before anything is spent. Of several problems the first is told in full, the others
 * by name.
 * @throws PrunefrontError `PRUNEFRONT_SPEC_*`; `PRUNEFRONT_MODEL_*` and `PRUNEFRONT_DATA_NOT_FOUND` of the files that it names
 */
export async function parseSpec({ text, fileName, baseFolder, within }: SpecSource): Promise<SweepSpec> {
  const source = readYaml(text, fileName);
  const parsed = specSchema.safeParse(source.data);
  if (!parsed.success) {
    const error = firstProblem(problemsOf(parsed.error, source));
    throw error ?? parsed.error;
  }
  const spec = resolvePaths(parsed.data, baseFolder);
  // Before anything of them is read, and told.
  const outside = within === null ? null : firstProblem(await outsideProblems(spec, source, within));
  if (outside !== null) throw outside;
  const files = await fileProblems(spec, source);
  const error = firstProblem([...conflictsOf(spec, files.topology, source), ...files.problems]);
  if (error !== null) throw error;
  return spec;
}
