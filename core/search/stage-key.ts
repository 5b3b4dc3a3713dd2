import { createHash } from 'node:crypto';
import { canonicalJson } from '../store/canonical-json.js';
import type { Stage } from '../sweep/stage.js';

/** Changes whenever the code would give another result for the same stage. */
const CODE_VERSION = 1;

/** A stage with its key: SHA-256 of the canonical JSON of (parent key, operation, data set, seed, code version). */
export function keyedStage(stage: Omit<Stage, 'key' | 'baseline'> & { readonly baseline: string | null }): Stage {
  const { parent, operation, dataset, seed } = stage;
  const text = canonicalJson({ parent, operation, dataset, seed, codeVersion: CODE_VERSION });
  const key = createHash('sha256').update(text).digest('hex');
  return { ...stage, key, baseline: stage.baseline ?? key };
}
