import { PrunefrontError } from '../errors.js';
import { createRandom, shuffle } from '../random.js';
import type { FoldedSplit, HeldOutSplit, Split } from '../sweep/spec.js';

/** Indices of the examples of each split, ascending. */
export interface SplitIndices {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/**
 * The split that a spec asks for: a single one, or one for each fold.
 * @throws PrunefrontError `PRUNEFRONT_DATA_SHAPE`
 */
export function splitsOf(labels: Int32Array, classes: number, split: Split): readonly SplitIndices[] {
  return 'folds' in split ? splitIntoFolds(labels, classes, split) : [splitByLabel(labels, classes, split)];
}

/**
 * A stratified split: each class is shuffled by the seed and cut in the same proportions.
 * @throws PrunefrontError `PRUNEFRONT_DATA_SHAPE` where a split would be empty, or a class would have no training example
 */
export function splitByLabel(
  labels: Int32Array,
  classes: number,
  { validation, test, seed }: HeldOutSplit,
): SplitIndices {
  const parts: Record<keyof SplitIndices, number[]> = { train: [], validation: [], test: [] };
  const byClass = shuffledByClass(labels, classes, seed);
  const lacking: number[] = [];
  byClass.forEach((members, label) => {
    const validationEnd = Math.round(members.length * validation);
    const testEnd = validationEnd + Math.round(members.length * test);
    if (testEnd >= members.length) lacking.push(label);
    members.forEach((example, i) => {
      const part = i < validationEnd ? 'validation' : i < testEnd ? 'test' : 'train';
      parts[part].push(example);
    });
  });
  for (const [name, members] of Object.entries(parts))
    if (members.length === 0) throw emptyPart(name, labels.length, classes);
  refuseLacking(lacking, byClass);
  return { train: ascending(parts.train), validation: ascending(parts.validation), test: ascending(parts.test) };
}

/**
 * Stratified k-fold cross-validation (Kohavi 1995): each class is shuffled by the seed, the test split is cut off, and the rest is dealt
 * out to the folds in turn, so that in each class as in all the sizes of two folds differ by one at most. Fold f is the validation
 * split of the f-th split and trains in all others; the test split is that of all.
 * @throws PrunefrontError `PRUNEFRONT_DATA_SHAPE` where a part would be empty, or a class would have no training example in some split
 */
export function splitIntoFolds(
  labels: Int32Array,
  classes: number,
  { folds: count, test, seed }: FoldedSplit,
): readonly SplitIndices[] {
  const tested: number[] = [];
  const folds: number[][] = Array.from({ length: count }, () => []);
  const byClass = shuffledByClass(labels, classes, seed);
  const lacking: number[] = [];
  let dealt = 0;
  byClass.forEach((members, label) => {
    const testEnd = Math.round(members.length * test);
    // The only one of its class can't be in validation and training at once.
    if (members.length - testEnd < 2) lacking.push(label);
    members.forEach((example, i) => {
      const part = i < testEnd ? tested : folds[dealt++ % count];
      part?.push(example);
    });
  });
  if (tested.length === 0) throw emptyPart('test', labels.length, classes);
  if (dealt < count) throw emptyPart('folds', labels.length, classes);
  refuseLacking(lacking, byClass);
  return folds.map((validation) => ({
    train: ascending(folds.flatMap((fold) => (fold === validation ? [] : fold))),
    validation: ascending(validation),
    test: ascending(tested),
  }));
}

function shuffledByClass(labels: Int32Array, classes: number, seed: number): readonly number[][] {
  const byClass: number[][] = Array.from({ length: classes }, () => []);
  labels.forEach((label, i) => {
    byClass[label]?.push(i);
  });
  const random = createRandom(seed);
  return byClass.map((members) => shuffle(members, random));
}

function ascending(members: readonly number[]): Int32Array {
  return Int32Array.from(members).sort();
}

function emptyPart(name: string, examples: number, classes: number): PrunefrontError {
  const what = name === 'folds' ? 'A fold' : `The ${name} split`;
  return new PrunefrontError('PRUNEFRONT_DATA_SHAPE', `${what} would be empty`, {
    place: `split.${name}`,
    found: `${examples} examples of ${classes} classes`,
    allowed: `at least one example in each ${name === 'folds' ? 'fold' : 'split'}`,
  });
}

function refuseLacking(lacking: readonly number[], byClass: readonly (readonly number[])[]): void {
  const [label] = lacking;
  if (label !== undefined) throw noTraining(label, byClass[label]?.length ?? 0, lacking.length);
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
