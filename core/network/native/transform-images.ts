import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Tf } from '../tf.js';
import { Attributes, nativeBackend } from './backend.js';

/** How a transformed image reads between pixels, and what lies around it. */
export interface Sampling {
  readonly interpolation: 'nearest' | 'bilinear';
  /** Zeros, or the pixel nearest to the place. */
  readonly around: 'constant' | 'nearest';
}

/**
 * Moves each image by a transform of its own: the pixel at (x, y) is read at (a x + b y + c, d x + e y + f).
 * @param images - float32 [n, height, width, channels]
 * @param transforms - float32 [n, 8]: a, b, c, d, e, f, 0, 0
 */
export function transformImages(
  tf: Tf,
  images: Tensor,
  transforms: Tensor,
  { interpolation, around }: Sampling,
): Tensor {
  const backend = nativeBackend(tf);
  if (backend === null) {
    // One by one: tfjs's own kernel leaves all images but the first black.
    const [n = 0] = images.shape;
    const rows = tf.split(transforms as Tensor2D, n);
    const each = tf
      .split(images as Tensor4D, n)
      .map((image, i) => tf.image.transform(image as Tensor4D, rows[i] as Tensor2D, interpolation, around, 0));
    return tf.concat(each);
  }
  const attributes = new Attributes(backend.binding);
  const settings = [
    attributes.type('dtype', 'float32'),
    attributes.text('interpolation', interpolation.toUpperCase()),
    attributes.text('fill_mode', around.toUpperCase()),
  ];
  const size = tf.tensor1d(images.shape.slice(1, 3), 'int32');
  return backend.executeSingleOutput('ImageProjectiveTransformV3', settings, [images, transforms, size, tf.scalar(0)]);
}
