import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Tf } from '../tf.js';

/** Attributes of tfjs's kernel for the gradient of a depthwise convolution's filter. */
export interface DepthwiseAttributes {
  readonly strides: number | [number, number];
  readonly dilations?: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  /** [height, width, channels, multiplier]. */
  readonly filterShape: [number, number, number, number];
}

/**
 * Gradient of a depthwise convolution with respect to its filter, one product and one sum for each place of the window: the same bits each
 * time, also where TensorFlow's own kernel adds up in any order.
 * @param x - [n, height, width, channels]
 * @param dy - [n, out height, out width, channels · multiplier]
 */
export function depthwiseFilterGradient(
  tf: Tf,
  x: Tensor4D,
  dy: Tensor4D,
  { strides, dilations = 1, pad, dimRoundingMode, filterShape }: DepthwiseAttributes,
): Tensor {
  const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, dilations, pad, dimRoundingMode, true);
  const { outHeight, outWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  const { top, bottom, left, right } = info.padInfo;
  const [height, width, channels, multiplier] = filterShape;
  const [n] = x.shape;
  const rows = n * outHeight * outWidth;
  const padded = tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
  const outer = dy.reshape([rows, channels, multiplier]);
  const places = Array.from({ length: height * width }, (_, place) => {
    const [row, column] = [Math.floor(place / width) * dilationHeight, (place % width) * dilationWidth];
    const seen = tf.stridedSlice(
      padded,
      [0, row, column, 0],
      [n, row + (outHeight - 1) * strideHeight + 1, column + (outWidth - 1) * strideWidth + 1, channels],
      [1, strideHeight, strideWidth, 1],
    );
    return seen.reshape([rows, channels, 1]).mul(outer).sum(0);
  });
  return tf.stack(places).reshape(filterShape);
}
