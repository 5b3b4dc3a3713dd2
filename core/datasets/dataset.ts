import { PrunefrontError } from '../errors.js';
import { sizeOf } from '../models/named-tensor.js';

/** Examples in memory. Bytes are fed to models as value / 255. */
export interface Dataset {
  /** Row-major [examples, ...exampleShape]. */
  readonly x: Uint8Array | Float32Array;
  readonly exampleShape: readonly number[];
  /** One for each example, 0 to classes - 1; without classes, zeros of a single one. Prepared for reconstruction, the example's number. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** What a regression has in place of classes. */
  readonly targets?: Targets;
}

/** Numbers that a model is to give. */
export interface Targets {
  /** Row-major [examples, ...shape]. */
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** Shape of an example's targets; none of a single number by itself. */
export function targetShape({ targets }: Pick<Dataset, 'targets'>): readonly number[] {
  return targets?.shape ?? [];
}

/** Labels of examples that have no classes. */
export function unlabelled(examples: number): Pick<Dataset, 'labels' | 'classes'> {
  return { labels: new Int32Array(examples), classes: 1 };
}

/** More than any classifier of ours has; a column of identifiers taken for labels has more. */
export const MOST_CLASSES = 65_536;

/** Refuses labels that are not 0 to classes - 1, counts that do not fit, and numbers that are not finite. */
export function checkDataset(dataset: Dataset, place: string): Dataset {
  const { x, exampleShape, labels, classes, targets } = dataset;
  const size = sizeOf(exampleShape);
  if (labels.length === 0)
    throw new PrunefrontError('PRUNEFRONT_DATA_FORMAT', 'The data set has no examples', {
      place,
      found: '0 examples',
      allowed: 'at least one',
    });
  if (size === 0) {
    throw new PrunefrontError('PRUNEFRONT_DATA_SHAPE', 'The examples hold no numbers', {
      place,
      found: `examples of shape [${exampleShape.join(', ')}]`,
      allowed: 'at least one number in each',
    });
  }
  if (x.length !== labels.length * size) {
    throw new PrunefrontError('PRUNEFRONT_DATA_SHAPE', 'Examples and labels differ in number', {
      place,
      found: `${x.length / size} examples, ${labels.length} labels`,
      allowed: 'one label for each example',
    });
  }
  const noTarget = targets?.values.findIndex((value) => !Number.isFinite(value)) ?? -1;
  if (noTarget >= 0) {
    throw new PrunefrontError('PRUNEFRONT_DATA_LABEL', 'A target is not a finite number', {
      place: `${place}, example ${Math.floor(noTarget / ((targets?.values.length ?? 0) / labels.length))}`,
      found: String(targets?.values[noTarget]),
      allowed: 'finite numbers that float32 can hold',
    });
  }
  const bad = labels.findIndex((label) => label < 0 || label >= classes);
  if (bad >= 0) throw labelError(place, bad, String(labels[bad]), classes);
  const infinite = x instanceof Float32Array ? x.findIndex((value) => !Number.isFinite(value)) : -1;
  if (infinite >= 0) {
    throw new PrunefrontError('PRUNEFRONT_DATA_FORMAT', 'An example holds what is not a finite number', {
      place: `${place}, example ${Math.floor(infinite / size)}`,
      found: String(x[infinite]),
      allowed: 'finite numbers that float32 can hold',
    });
  }
  return dataset;
}

/** A label out of range, by example. */
function labelError(place: string, example: number, found: string, classes: number): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_DATA_LABEL', `Example ${example} has a label out of range`, {
    place: `${place}, example ${example}`,
    found,
    allowed: `an integer from 0 to ${classes - 1}`,
  });
}

/** Number of classes where the data does not say: the largest label plus one. */
export function countClasses(labels: ArrayLike<number>, place: string): number {
  let largest = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? 0;
    if (!Number.isInteger(label) || label < 0 || label >= MOST_CLASSES)
      throw labelError(place, i, String(label), MOST_CLASSES);
    largest = Math.max(largest, label);
  }
  return largest + 1;
}
