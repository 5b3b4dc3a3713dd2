import type { Tensor } from '@tensorflow/tfjs';
import type { RandomSource } from '../../network/random-source.js';
import type { Tf } from '../../network/tf.js';

/** Height and width of the images. */
export type ImageSize = readonly [height: number, width: number];

/** One way to show a training image differently each time. All of it is TensorFlow, so that it can be part of a graph. */
export interface Augmentation<Setting> {
  /** Numbers that it draws an image, each at a place of its own: 0, 1, … */
  readonly draws: number;
  /** Whether examples have to be images for it. */
  readonly needsImages: boolean;
  /** What the setting may be for images of this size, where it is something else; null where it is right. */
  allowed(setting: Setting, size: ImageSize): string | null;
  /**
   * Gives the examples as training sees them this time.
   * @param x - float32: [n, height, width, channels] where it needs images, else [n, …]
   */
  apply(tf: Tf, x: Tensor, setting: Setting, random: RandomSource): Tensor;
}

/** The rows of `transformImages` from one value an image, [n], for each of its six numbers. */
export function transformRows(tf: Tf, numbers: readonly [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]): Tensor {
  const zeros = tf.zerosLike(numbers[0]);
  return tf.stack([...numbers, zeros, zeros], 1);
}
