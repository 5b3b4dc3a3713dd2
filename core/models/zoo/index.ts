import { PrunefrontError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import { Registry } from '../../registry/index.js';
import { parseTopology, type Topology, toKerasConfig } from '../topology.js';
import { denoisingAutoencoder } from './denoising-autoencoder.js';
import { gru64 } from './gru-64.js';
import { guideCnn } from './guide-cnn.js';
import { lenet5 } from './lenet-5.js';
import { lenet300100 } from './lenet-300-100.js';
import { lstm64 } from './lstm-64.js';
import { mnistCnn } from './mnist-cnn.js';
import { mnistMlp } from './mnist-mlp.js';
import { mobileNet } from './mobile-net.js';
import type { ModelPiece } from './model-piece.js';
import { residualCnn } from './residual-cnn.js';

/** Every model that specs can name. */
export const MODELS = new Registry<ModelPiece>('model', [
  builtIn(mnistCnn, 'Two convolutions with max pooling and a dense layer.', 'Keras example for MNIST'),
  builtIn(guideCnn, 'A convolution of 12 filters with max pooling and a dense layer.', 'guide to pruning of tfmot'),
  builtIn(mnistMlp, 'A dense layer of 64 neurons and a dense layer.', 'the usual small MLP'),
  builtIn(lenet300100, 'LeNet-300-100: three dense layers.', 'LeCun et al. 1998'),
  builtIn(lenet5, 'LeNet-5 in the form of Caffe: two convolutions and two dense layers.', 'LeCun et al. 1998'),
  builtIn(residualCnn, 'Three residual blocks of convolutions with batch norm.', 'He et al. 2016'),
  builtIn(lstm64, 'An LSTM of 64 units on the rows of the image.', 'Hochreiter and Schmidhuber 1997'),
  builtIn(mobileNet, 'Depthwise separable convolutions with batch norm.', 'Howard et al. 2017'),
  builtIn(gru64, 'A GRU of 64 units on the rows of the image.', 'Cho et al. 2014'),
  builtIn(
    denoisingAutoencoder,
    'Convolutions that halve the image and transposed ones that double it again.',
    'Keras example for denoising images of MNIST',
  ),
]);

/** Names of the models that come with Prunefront. */
export const ZOO_NAMES: readonly string[] = MODELS.names();

const PARSED = new WeakMap<ModelPiece, Topology>();

/**
 * The topology of a model that has a name, built-in or of a plugin.
 * @throws PrunefrontError `PRUNEFRONT_MODEL_NOT_FOUND`; `PRUNEFRONT_MODEL_FORMAT`, `PRUNEFRONT_MODEL_UNSUPPORTED` of a plugin's one
 */
export function zooModel(name: string): Topology {
  const piece = MODELS.all().find((model) => model.name === name);
  if (piece === undefined) throw notFound(name);
  const topology = PARSED.get(piece) ?? parseTopology(piece.keras);
  PARSED.set(piece, topology);
  return topology;
}

function builtIn(topology: Topology, summary: string, source: string): ModelPiece {
  return { name: topology.name, summary, source, settings: {}, keras: toKerasConfig(topology) };
}

function notFound(name: string): PrunefrontError {
  const near = nearest(name, MODELS.names());
  return new PrunefrontError('PRUNEFRONT_MODEL_NOT_FOUND', 'The zoo has no such model', {
    found: name,
    allowed: MODELS.names().join(', '),
    ...(near === null ? {} : { hint: `did you mean ${near}?` }),
  });
}

export type { ModelPiece } from './model-piece.js';
