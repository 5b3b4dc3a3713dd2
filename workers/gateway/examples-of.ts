import { readDataset } from '../../core/datasets/index.js';
import type { SweepSpec } from '../../core/sweep/spec.js';

/** Training examples that a spec's data set would have. */
export async function examplesOf({ dataset, split }: SweepSpec): Promise<number> {
  const { labels } = await readDataset(dataset);
  return Math.round(labels.length * (1 - split.validation - split.test));
}
