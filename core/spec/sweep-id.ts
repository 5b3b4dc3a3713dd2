import { createHash } from 'node:crypto';
import { canonicalJson } from '../store/canonical-json.js';
import type { SweepSpec } from '../sweep/spec.js';
import type { InitialModel } from '../sweep/stage.js';
import { fileHashes } from './named-files.js';

/** What a sweep searches by: a spec without what only nights look at. */
export function withoutNights({ nightly: _, ...spec }: SweepSpec): SweepSpec {
  return spec;
}

/**
 * Id of the sweep of a spec: its name with a part of its hash. A file that changes under its name makes another sweep.
 * @param model - what the sweep starts from where that is not the model of the spec
 * @throws PrunefrontError `PRUNEFRONT_MODEL_*` where the model cannot be read
 */
export async function sweepIdOf(given: SweepSpec, model?: InitialModel): Promise<string> {
  const spec = withoutNights(given);
  const content = canonicalJson({ spec, files: await fileHashes(spec), model });
  return `${spec.name}-${createHash('sha256').update(content).digest('hex').slice(0, 8)}`;
}
