import type { Tensor } from '@tensorflow/tfjs';
import { transformImages } from '../../network/native/transform-images.js';
import { type Augmentation, transformRows } from './augmentation.js';

/** Shows a window of each image in its full size: at least so much of each side, in the image's proportions, anywhere. */
export const crop: Augmentation<number> = {
  draws: 3,
  needsImages: true,
  allowed: () => null,
  apply(tf, images, least, random) {
    const [n = 0, height = 1, width = 1] = images.shape;
    const none = tf.zeros([n]);
    const part = random
      .uniform([n], 0)
      .mul(1 - least)
      .add(least);
    const rest = part.mul(-1).add(1);
    // Pixels are squares around their places: the window's edge, not the middle of its first pixel, lies on the image's.
    const from = (size: number, which: number): Tensor => random.uniform([n], which).mul(size).sub(0.5).mul(rest);
    const rows = transformRows(tf, [part, none, from(width, 1), none, part, from(height, 2)]);
    return transformImages(tf, images, rows, { interpolation: 'bilinear', around: 'nearest' });
  },
};
