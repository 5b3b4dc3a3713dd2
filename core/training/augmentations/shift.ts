import { transformImages } from '../../network/native/transform-images.js';
import { type Augmentation, transformRows } from './augmentation.js';

/** Moves each image by whole pixels, up to so many in each direction; what comes in is zero. */
export const shift: Augmentation<number> = {
  draws: 2,
  needsImages: true,
  allowed(most, [height, width]) {
    const least = Math.min(height, width);
    return most < least ? null : `at most ${least - 1}: a longer way leaves nothing of the image`;
  },
  apply(tf, images, most, random) {
    const [n = 0] = images.shape;
    const steps = 2 * most + 1;
    // A number that was rounded up to one would be a step too far.
    const moved = (which: number) =>
      random
        .uniform([n], which)
        .mul(steps)
        .floor()
        .minimum(steps - 1)
        .sub(most);
    const [one, none] = [tf.ones([n]), tf.zeros([n])];
    const rows = transformRows(tf, [one, none, moved(0), none, one, moved(1)]);
    return transformImages(tf, images, rows, { interpolation: 'nearest', around: 'constant' });
  },
};
