import type { Tensor } from '@tensorflow/tfjs';
import { transformImages } from '../../network/native/transform-images.js';
import type { Augment } from '../../sweep/spec.js';
import { type Augmentation, transformRows } from './augmentation.js';

/** Mirrors every second image, by chance: left to right, top to bottom, or each of both. */
export const flip: Augmentation<NonNullable<Augment['flip']>> = {
  draws: 2,
  needsImages: true,
  allowed: () => null,
  apply(tf, images, direction, random) {
    const [n = 0, height = 1, width = 1] = images.shape;
    const none = tf.zeros([n]);
    // 1 where it stays and −1 where it is mirrored; a mirrored pixel is counted from the other end.
    const axis = (isMirrored: boolean, size: number, which: number): [Tensor, Tensor] => {
      if (!isMirrored) return [tf.ones([n]), none];
      const mirrored = random.uniform([n], which).less(0.5).cast('float32');
      return [mirrored.mul(-2).add(1), mirrored.mul(size - 1)];
    };
    const [x, fromX] = axis(direction !== 'vertical', width, 0);
    const [y, fromY] = axis(direction !== 'horizontal', height, 1);
    const rows = transformRows(tf, [x, none, fromX, none, y, fromY]);
    return transformImages(tf, images, rows, { interpolation: 'nearest', around: 'constant' });
  },
};
