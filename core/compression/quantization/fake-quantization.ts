import type { Tensor } from '@tensorflow/tfjs';
import { straightThrough } from '../../network/straight-through.js';
import type { Tf } from '../../network/tf.js';
import type { Channels } from '../kernels.js';
import { integerRange, type QuantizationFormat, SMALLEST_SCALE } from './quantize.js';

/** The one grid of a layer's outputs. */
export interface ActivationGrid extends QuantizationFormat {
  readonly scale: number;
  readonly zeroPoint: number;
}

/**
 * A weight as its integers would give it, in TensorFlow operations alone, bit for bit as `quantize` and `dequantize`; the gradient
 * passes straight through (Jacob et al. 2018). The scale follows the weight.
 */
export function fakeQuantizedWeight(tf: Tf, weight: Tensor, channels: Channels, format: QuantizationFormat): Tensor {
  return straightThrough(tf, weight, (own) => {
    const { count, inner } = channels;
    const rows = own.reshape([own.size / (count * inner), count, inner]);
    const { scale, zeroPoint } = gridOfTensor(tf, rows, format);
    return onGrid(tf, rows, scale, zeroPoint, format).reshape(own.shape);
  });
}

/** A layer's outputs on their grid; the gradient passes within the range that the grid has. */
export function fakeQuantizedActivation(tf: Tf, x: Tensor, grid: ActivationGrid): Tensor {
  const { min, max } = integerRange(grid);
  const { scale, zeroPoint } = grid;
  const range = { from: (min - zeroPoint) * scale, to: (max - zeroPoint) * scale };
  return straightThrough(tf, x, (own) => onGrid(tf, own, tf.scalar(scale), tf.scalar(zeroPoint), grid), range);
}

/** Scale and zero point [1, channels, 1] of a tensor [outer, channels, inner]: `gridOf` on tensors. */
function gridOfTensor(tf: Tf, rows: Tensor, format: QuantizationFormat): { scale: Tensor; zeroPoint: Tensor } {
  const { max: largest } = integerRange(format);
  const lowest = rows.min([0, 2], true).minimum(0);
  const highest = rows.max([0, 2], true).maximum(0);
  const symmetric = format.scheme === 'symmetric';
  const quotient = (symmetric ? lowest.neg().maximum(highest) : highest.sub(lowest)).div(largest);
  const scale = tf.where(quotient.less(SMALLEST_SCALE), tf.onesLike(quotient), quotient);
  return { scale, zeroPoint: symmetric ? tf.zerosLike(scale) : lowest.neg().div(scale).round().minimum(largest) };
}

function onGrid(tf: Tf, x: Tensor, scale: Tensor, zeroPoint: Tensor, format: QuantizationFormat): Tensor {
  const { min, max } = integerRange(format);
  return tf.clipByValue(x.div(scale).round().add(zeroPoint), min, max).sub(zeroPoint).mul(scale);
}
