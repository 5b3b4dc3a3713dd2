import type { Tensor } from '@tensorflow/tfjs';
import type { NamedTensor } from '../models/named-tensor.js';
import type { Network } from '../network/network.js';
import type { Tf } from '../network/tf.js';
import { shared, withMeans } from './clustering/clusters.js';
import { sharedGradient } from './clustering/shared-gradient.js';
import { type CompressedModel, type Encoding, positiveZeros, withValues } from './model.js';
import { fakeQuantizedWeight } from './quantization/fake-quantization.js';
import { dequantize, quantize } from './quantization/quantize.js';

/**
 * Runs loss and gradients with the weights as their integers would give them; afterwards the variables have their own values again, to which the
 * optimizer adds. A gradient taken at the rounded weights and given to those behind them is the straight-through estimator: quantization-aware
 * training. In TensorFlow operations alone, so that the step can be recorded.
 */
export function withCompressedWeights<Result>(
  tf: Tf,
  { variables }: Pick<Network, 'variables'>,
  encodings: CompressedModel['encodings'],
  act: () => Result,
): Result {
  const rounded = [...encodings].flatMap(([name, { quantized }]) => {
    const variable = variables.get(name);
    return variable === undefined || quantized === undefined ? [] : [{ variable, quantized, own: variable.clone() }];
  });
  for (const { variable, quantized } of rounded)
    tf.tidy(() => variable.assign(fakeQuantizedWeight(tf, variable, quantized.channels, quantized)));
  try {
    return act();
  } finally {
    for (const { variable, own } of rounded) {
      variable.assign(own);
      own.dispose();
    }
  }
}

/** A weight's gradient as its encoding lets it move: that of the shared value where weights share one. */
export function compressedGradient(tf: Tf, gradient: Tensor, encoding: Encoding | undefined): Tensor {
  return encoding?.clusters === undefined ? gradient : sharedGradient(tf, gradient, encoding.clusters);
}

/**
 * The model in its compressed form after training has moved its weights: clusters take the means of their weights, and grids follow the weights.
 * @param weights - what training made of the model's weights, zero where masks are
 */
export function recompressed(model: CompressedModel, weights: readonly NamedTensor[]): CompressedModel {
  const encodings = new Map<string, Encoding>();
  const values = new Map<string, Float32Array>();
  for (const { name, values: trained } of weights) {
    const encoding = model.encodings.get(name);
    if (encoding === undefined) continue;
    const clusters = encoding.clusters === undefined ? undefined : withMeans(encoding.clusters, trained);
    const moved = clusters === undefined ? trained : shared(clusters);
    const quantized =
      encoding.quantized === undefined ? undefined : quantize(moved, encoding.quantized.channels, encoding.quantized);
    encodings.set(name, { ...(clusters && { clusters }), ...(quantized && { quantized }) });
    values.set(name, quantized === undefined ? moved : dequantize(quantized));
  }
  return { ...model, weights: withValues(positiveZeros(weights), values), encodings };
}
