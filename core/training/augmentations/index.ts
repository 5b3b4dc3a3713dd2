import type { Tensor } from '@tensorflow/tfjs';
import type { RandomSource } from '../../network/random-source.js';
import type { Tf } from '../../network/tf.js';
import type { Augment } from '../../sweep/spec.js';
import type { Augmentation, ImageSize } from './augmentation.js';
import { crop } from './crop.js';
import { flip } from './flip.js';
import { noise } from './noise.js';
import { shift } from './shift.js';

/** Every augmentation by its key in a spec, in the order in which they are applied: what is new goes to the end, or old draws change. */
const AUGMENTATIONS: { readonly [Key in keyof Augment]-?: Augmentation<NonNullable<Augment[Key]>> } = {
  crop,
  flip,
  shift,
  noise,
};

/** An augmentation with its setting, and where its random numbers are drawn. */
interface Asked {
  readonly key: keyof Augment;
  readonly needsImages: boolean;
  allowed(size: ImageSize): string | null;
  apply(tf: Tf, x: Tensor, random: RandomSource): Tensor;
}

/**
 * Examples as training sees them this time: as they are where nothing is asked for.
 * @param x - float32 [n, height, width, channels], [n, height, width], or [n, …] for what needs no images
 */
export function augmented(tf: Tf, x: Tensor, augment: Augment | undefined, random: RandomSource): Tensor {
  const { shape } = x;
  return askedFor(augment ?? {}).reduce((seen, { needsImages, apply }) => {
    if (!needsImages || shape.length === 4) return apply(tf, seen, random);
    return apply(tf, seen.reshape([...shape, 1]), random).reshape(shape);
  }, x);
}

/** Why an augmentation can't be had for some examples. */
export interface AugmentProblem {
  readonly key: keyof Augment;
  readonly message: string;
  readonly allowed: string;
}

/** What of the augmentations is impossible for examples of this shape. */
export function augmentProblems(augment: Augment, exampleShape: readonly number[]): AugmentProblem[] {
  const size = imageSize(exampleShape);
  return askedFor(augment).flatMap(({ key, needsImages, allowed }) => {
    if (!needsImages) return [];
    if (size === null) {
      const message = `Examples of shape [${exampleShape.join(', ')}] are no images`;
      return [{ key, message, allowed: 'for examples of shape [height, width] or [height, width, channels]' }];
    }
    const bound = allowed(size);
    return bound === null
      ? []
      : [{ key, message: `Images of ${size.join(' × ')} are too small for it`, allowed: bound }];
  });
}

function imageSize(exampleShape: readonly number[]): ImageSize | null {
  const [height = 0, width = 0] = exampleShape;
  return exampleShape.length === 2 || exampleShape.length === 3 ? [height, width] : null;
}

function askedFor(augment: Augment): Asked[] {
  let place = 0;
  return Object.entries(AUGMENTATIONS).flatMap(([key, augmentation]) => {
    const from = place;
    place += augmentation.draws;
    const setting = augment[key as keyof Augment];
    return setting === undefined
      ? []
      : [asked(key as keyof Augment, augmentation as Augmentation<unknown>, setting, from)];
  });
}

function asked(key: keyof Augment, augmentation: Augmentation<unknown>, setting: unknown, place: number): Asked {
  return {
    key,
    needsImages: augmentation.needsImages,
    allowed: (size) => augmentation.allowed(setting, size),
    apply: (tf, x, random) => augmentation.apply(tf, x, setting, belowZero(random, place)),
  };
}

/** The layers of a model draw at the places from zero on, augmentations at those below. */
function belowZero(random: RandomSource, from: number): RandomSource {
  return {
    uniform: (shape, which) => random.uniform(shape, -1 - from - which),
    normal: (shape, which) => random.normal(shape, -1 - from - which),
  };
}
