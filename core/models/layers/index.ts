import { PrunefrontError } from '../../errors.js';
import type { LayerNode } from '../topology.js';
import { convolution, convolution2dTranspose, depthwiseConvolution2d, separableConvolution2d } from './convolution.js';
import { dense, embedding } from './dense.js';
import type { Describe, LayerDescription, Shape } from './description.js';
import {
  activation,
  batchNormalization,
  concatenate,
  elementwise,
  flatten,
  globalPooling,
  input,
  pooling,
  reshape,
  unchanged,
  upSampling2d,
  zeroPadding2d,
} from './pass-through.js';
import { recurrent } from './recurrent.js';

/** Every layer class that Prunefront knows, by its Keras name. */
const LAYERS: Readonly<Record<string, Describe>> = {
  InputLayer: input,
  Conv1D: convolution(1),
  Conv2D: convolution(2),
  Conv3D: convolution(3),
  Conv2DTranspose: convolution2dTranspose,
  DepthwiseConv2D: depthwiseConvolution2d,
  SeparableConv2D: separableConvolution2d,
  Dense: dense,
  Embedding: embedding,
  LSTM: recurrent(4),
  GRU: recurrent(3),
  SimpleRNN: recurrent(1),
  BatchNormalization: batchNormalization,
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
  Flatten: flatten,
  Reshape: reshape,
  Dropout: unchanged(null),
  SpatialDropout1D: unchanged(null),
  AlphaDropout: unchanged(null),
  GaussianDropout: unchanged(null),
  GaussianNoise: unchanged(null),
  Activation: activation,
  ReLU: unchanged('relu'),
  LeakyReLU: unchanged('leaky_relu'),
  ELU: unchanged('elu'),
  ThresholdedReLU: unchanged('relu'),
  Softmax: unchanged('softmax'),
  Add: elementwise,
  Multiply: elementwise,
  Average: elementwise,
  Maximum: elementwise,
  Minimum: elementwise,
  Concatenate: concatenate,
};

/**
 * The description of a layer.
 * @throws PrunefrontError `PRUNEFRONT_MODEL_UNSUPPORTED` for a class that is not known
 */
export function describeLayer(node: LayerNode, inputs: readonly Shape[]): LayerDescription {
  const describe = LAYERS[node.className];
  if (describe !== undefined) return describe(node.config, inputs, node.name);
  throw new PrunefrontError(
    'PRUNEFRONT_MODEL_UNSUPPORTED',
    `Layer ${node.name} is of a class that Prunefront does not know`,
    {
      place: node.name,
      found: node.className,
      allowed: Object.keys(LAYERS).join(', '),
    },
  );
}

export type { Axis, Flow, LayerDescription, Parameter, Shape } from './description.js';
