import { PrunefrontError } from '../../errors.js';
import type { LayerNode } from '../topology.js';
import {
  activated,
  activation,
  elu,
  leakyRelu,
  prelu,
  relu,
  softmax,
  thresholdedRelu,
  unchanged,
} from './activation-layers.js';
import { flatten, permute, reshape } from './arranging.js';
import { convolution, depthwiseConvolution2d, separableConvolution2d, transposedConvolution } from './convolution.js';
import { dense, embedding } from './dense.js';
import type { Describe, LayerDescription, Shape } from './description.js';
import { concatenate, elementwise } from './merging.js';
import { batchNormalization, layerNormalization } from './normalization.js';
import { recurrent } from './recurrent.js';
import {
  cropping2d,
  globalPooling,
  input,
  masking,
  pooling,
  repeatVector,
  upSampling2d,
  zeroPadding2d,
} from './spatial.js';
import { bidirectional, timeDistributed } from './wrapping.js';

/** Every layer class that Prunefront knows, by its Keras name. */
const LAYERS: Readonly<Record<string, Describe>> = {
  InputLayer: input,
  Conv1D: convolution(1),
  Conv2D: convolution(2),
  Conv3D: convolution(3),
  Conv2DTranspose: transposedConvolution(2),
  Conv3DTranspose: transposedConvolution(3),
  DepthwiseConv2D: depthwiseConvolution2d,
  SeparableConv2D: separableConvolution2d,
  Dense: dense,
  Embedding: embedding,
  LSTM: recurrent(4),
  GRU: recurrent(3),
  SimpleRNN: recurrent(1),
  Bidirectional: bidirectional(describeLayer),
  TimeDistributed: timeDistributed(describeLayer),
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  MaxPooling1D: pooling(1),
  AveragePooling1D: pooling(1),
  MaxPooling2D: pooling(2),
  AveragePooling2D: pooling(2),
  MaxPooling3D: pooling(3),
  AveragePooling3D: pooling(3),
  GlobalAveragePooling1D: globalPooling,
  GlobalMaxPooling1D: globalPooling,
  GlobalAveragePooling2D: globalPooling,
  GlobalMaxPooling2D: globalPooling,
  UpSampling2D: upSampling2d,
  ZeroPadding2D: zeroPadding2d,
  Cropping2D: cropping2d,
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  RepeatVector: repeatVector,
  Masking: masking,
  Dropout: unchanged,
  SpatialDropout1D: unchanged,
  AlphaDropout: unchanged,
  GaussianDropout: unchanged,
  GaussianNoise: unchanged,
  Activation: activation,
  ReLU: activated('relu', relu),
  LeakyReLU: activated('leaky_relu', leakyRelu),
  PReLU: prelu,
  ELU: elu,
  ThresholdedReLU: activated('relu', thresholdedRelu),
  Softmax: softmax,
  Add: elementwise((values) => values.reduce((sum, value) => sum + value, 0)),
  Multiply: elementwise((values) => values.reduce((product, value) => product * value, 1)),
  Average: elementwise((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  Maximum: elementwise((values) => Math.max(...values)),
  Minimum: elementwise((values) => Math.min(...values)),
  Concatenate: concatenate,
};

/** Keras names of the classes that are known. */
export const KNOWN_CLASSES: readonly string[] = Object.keys(LAYERS);

/**
 * The description of a layer.
 * @throws PrunefrontError `PRUNEFRONT_MODEL_UNSUPPORTED` for a class or a data format that is not known
 */
export function describeLayer(
  node: Pick<LayerNode, 'name' | 'className' | 'config'>,
  inputs: readonly Shape[],
): LayerDescription {
  const describe = LAYERS[node.className];
  if (describe === undefined) {
    throw new PrunefrontError(
      'PRUNEFRONT_MODEL_UNSUPPORTED',
      `Layer ${node.name} is of a class that Prunefront does not know`,
      { place: node.name, found: node.className, allowed: KNOWN_CLASSES.join(', ') },
    );
  }
  const format = node.config['data_format'];
  if (format === 'channels_first' || format === 'channelsFirst') {
    throw new PrunefrontError('PRUNEFRONT_MODEL_UNSUPPORTED', `Layer ${node.name} has its features first`, {
      place: node.name,
      found: format,
      allowed: 'channels_last',
    });
  }
  return describe(node.config, inputs, node.name);
}

export type {
  Axis,
  Intake,
  LayerDescription,
  Parameter,
  Producing,
  ReadWeight,
  Shape,
} from './description.js';
