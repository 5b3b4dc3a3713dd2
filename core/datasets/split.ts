import { PrunefrontError } from '../errors.js';
import { createRandom, shuffle } from '../random.js';
import type { Split } from '../sweep/spec.js';

/** Indices of the examples of each split, ascending. */
export interface SplitIndices {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/**
 * A stratified split: each class is shuffled by the seed and cut in the same proportions.
 * @throws PrunefrontError `PRUNEFRONT_DATA_SHAPE` where a split would be empty
 */
export function splitByLabel(labels: Int32Array, classes: number, { validation, test, seed }: Split): SplitIndices {
  const byClass: number[][] = Array.from({ length: classes }, () => []);
  labels.forEach((label, i) => {
    byClass[label]?.push(i);
  });
  const random = createRandom(seed);
  const parts: { train: number[]; validation: number[]; test: number[] } = { train: [], validation: [], test: [] };
  for (const members of byClass) {
    shuffle(members, random);
    const validationCount = Math.round(members.length * validation);
    const testCount = Math.round(members.length * test);
    parts.validation.push(...members.slice(0, validationCount));
    parts.test.push(...members.slice(validationCount, validationCount + testCount));
    parts.train.push(...members.slice(validationCount + testCount));
  }
  for (const [name, members] of Object.entries(parts)) {
    if (members.length > 0) continue;
    throw new PrunefrontError('PRUNEFRONT_DATA_SHAPE', `The ${name} split would be empty`, {
      place: `split.${name}`,
      found: `${labels.length} examples of ${classes} classes`,
      allowed: 'at least one example in each split',
    });
  }
  const sorted = (members: number[]): Int32Array => Int32Array.from(members).sort();
  return { train: sorted(parts.train), validation: sorted(parts.validation), test: sorted(parts.test) };
}
