import { createHash } from 'node:crypto';
import { hashesOfStage } from '../plugins/plugin-hashes.js';
import { canonicalJson } from '../store/canonical-json.js';
import type { Stage } from '../sweep/stage.js';

/** Changes whenever the code would give another result for the same stage. */
const CODE_VERSION = 2;

/** A stage with its key: SHA-256 of the canonical JSON of (parent key, operation, its plugins, data set, seed, code version). */
export function keyedStage(
  stage: Omit<Stage, 'key' | 'baseline' | 'plugins'> & { readonly baseline: string | null },
): Stage {
  const { parent, operation, dataset, seed } = stage;
  const hashes = hashesOfStage(operation);
  const plugins = Object.keys(hashes).length === 0 ? {} : { plugins: hashes };
  const text = canonicalJson({ parent, operation, ...plugins, dataset, seed, codeVersion: CODE_VERSION });
  const key = createHash('sha256').update(text).digest('hex');
  return { ...stage, ...plugins, key, baseline: stage.baseline ?? key };
}
