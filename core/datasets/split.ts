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
 * @throws PrunefrontError `PRUNEFRONT_DATA_SHAPE` where a split would be empty, or a class would have no training example
 */
export function splitByLabel(labels: Int32Array, classes: number, { validation, test, seed }: Split): SplitIndices {
  const byClass: number[][] = Array.from({ length: classes }, () => []);
  labels.forEach((label, i) => {
    byClass[label]?.push(i);
  });
  const random = createRandom(seed);
  const lacking: number[] = [];
  const parts: { train: number[]; validation: number[]; test: number[] } = { train: [], validation: [], test: [] };
  byClass.forEach((members, label) => {
    shuffle(members, random);
    const validationEnd = Math.round(members.length * validation);
    const testEnd = validationEnd + Math.round(members.length * test);
    if (testEnd >= members.length) lacking.push(label);
    members.forEach((example, i) => {
      const part = i < validationEnd ? 'validation' : i < testEnd ? 'test' : 'train';
      parts[part].push(example);
    });
  });
  for (const [name, members] of Object.entries(parts)) {
    if (members.length > 0) continue;
    throw new PrunefrontError('PRUNEFRONT_DATA_SHAPE', `The ${name} split would be empty`, {
      place: `split.${name}`,
      found: `${labels.length} examples of ${classes} classes`,
      allowed: 'at least one example in each split',
    });
  }
  const [label] = lacking;
  if (label !== undefined) throw noTraining(label, byClass[label]?.length ?? 0, lacking.length);
  const sorted = (members: number[]): Int32Array => Int32Array.from(members).sort();
  return { train: sorted(parts.train), validation: sorted(parts.validation), test: sorted(parts.test) };
}

function noTraining(label: number, examples: number, lacking: number): PrunefrontError {
  const others = lacking === 1 ? '' : ` (and ${lacking - 1} other classes)`;
  return new PrunefrontError('PRUNEFRONT_DATA_SHAPE', `Class ${label} would have no training example${others}`, {
    place: 'split.train',
    found: `${examples} examples of class ${label}`,
    allowed: 'at least one training example in each class',
    ...(examples === 0 ? { hint: 'number the labels from 0, without gaps' } : {}),
  });
}
