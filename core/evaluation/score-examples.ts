import { batchesOf } from '../network/batches.js';
import type { NativeValues } from '../network/native/backend.js';
import type { Score } from '../sweep/observation.js';
import type { Judge } from './judges/index.js';

/** Examples that are judged at once. */
export const SCORING_BATCH = 256;

/**
 * The score on the examples at `indices`, added up in double precision.
 * @param found - what `Judge.examples` gives for a batch; what comes after its examples isn't counted. `next` is the batch after it, or null
 */
export function scoreExamples(
  judge: Judge,
  indices: Int32Array,
  found: (batch: Int32Array, next: Int32Array | null) => readonly NativeValues[],
): Score {
  const tally = judge.tally();
  const batches = [...batchesOf(indices, SCORING_BATCH)];
  for (const [k, batch] of batches.entries()) tally.add(found(batch, batches[k + 1] ?? null), batch.length);
  return tally.score(indices.length);
}
