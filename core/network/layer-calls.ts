import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { TFJS_NORM_AXES } from '../models/layers/normalization.js';
import { nativeBackend } from './native/backend.js';
import { nativeBatchNormalization } from './native/batch-normalization.js';
import type { RandomSource } from './random-source.js';
import { isRecurrent, seedRecurrentDropout } from './recurrent-dropout.js';
import { adaptRecurrent } from './recurrent-layer.js';
import type { Tf } from './tf.js';

interface OwnLayer {
  readonly rate?: number;
  readonly stddev?: number;
  readonly noiseShape?: readonly number[] | null;
  readonly axis?: number;
  readonly epsilon?: number;
  momentum?: number;
  readonly gamma?: LayerWeight | null;
  readonly beta?: LayerWeight | null;
  readonly movingMean?: LayerWeight;
  readonly movingVariance?: LayerWeight;
  getClassName(): string;
  call(inputs: Tensor | Tensor[], kwargs: { readonly training?: boolean; readonly mask?: unknown }): Tensor | Tensor[];
}

interface LayerWeight {
  read(): Tensor;
  write(value: Tensor): unknown;
}

/**
 * Makes layers that behave differently in training compute in TensorFlow: dropout and noise draw from `random`, so that a step's numbers
 * follow from its seed alone, and batch norm uses the fused kernel. A softmax is over all features, whatever steps are left out.
 * @param random - the source of the step that runs
 */
export function adaptLayerCalls(tf: Tf, model: LayersModel, random: () => RandomSource): void {
  model.layers.flatMap(unwrapped).forEach((layer, place) => {
    if (isRecurrent(layer)) {
      seedRecurrentDropout(tf, layer, place, random);
      if (nativeBackend(tf) !== null) adaptRecurrent(tf, layer);
      return;
    }
    if (layer.getClassName() === 'BatchNormalization') flattenPositions(tf, layer);
    if (layer.getClassName() === 'Softmax') forgetMask(layer);
    const inTraining = trainingCall(tf, layer, place, random);
    if (inTraining === null) return;
    const original = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => {
      if (kwargs.training !== true) return original(inputs, kwargs);
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor;
      return tf.tidy(() => inTraining(x) ?? original(inputs, kwargs));
    };
  });
}

/** Lets batch norm take all positions as one axis where there are more than tfjs knows; only the last axis is normalized there. */
function flattenPositions(tf: Tf, layer: OwnLayer): void {
  const original = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor;
    if (x.rank - 1 <= TFJS_NORM_AXES) return original(inputs, kwargs);
    Object.assign(layer, { axis: -1 });
    return tf.tidy(() => {
      const flat = original(x.reshape([-1, x.shape.at(-1) ?? 1]), kwargs) as Tensor;
      return flat.reshape(x.shape);
    });
  };
}

/** Keeps a mask of steps from a softmax, which would add it to features; tfjs hands the last one on to every layer behind, even where steps are gone. */
function forgetMask(layer: OwnLayer): void {
  const original = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => original(inputs, { ...kwargs, mask: null });
}

/**
 * Makes the moving statistics of a batch norm the means of those of its calls from here on, each of which counts as much: of one, or of the steps
 * of a time-distributed one. They have to be zero. Returns what ends it.
 */
export function averageOverCalls(layer: object): () => void {
  const endings = unwrapped(layer).map((norm) => {
    const { momentum, call } = norm;
    let calls = 0;
    norm.call = (inputs, kwargs) => {
      norm.momentum = calls / (calls + 1);
      calls++;
      return call.call(norm, inputs, kwargs);
    };
    return () => Object.assign(norm, { momentum, call });
  });
  return () => {
    for (const end of endings) end();
  };
}

/** A layer, the two that a bidirectional one is made of, or the one that runs at every time step. */
function unwrapped(layer: object): OwnLayer[] {
  const {
    forwardLayer,
    backwardLayer,
    layer: wrapped,
  } = layer as {
    readonly forwardLayer?: OwnLayer;
    readonly backwardLayer?: OwnLayer;
    readonly layer?: object;
  };
  if (forwardLayer !== undefined && backwardLayer !== undefined) return [forwardLayer, backwardLayer];
  return wrapped === undefined ? [layer as OwnLayer] : unwrapped(wrapped);
}

function trainingCall(
  tf: Tf,
  layer: OwnLayer,
  place: number,
  random: () => RandomSource,
): ((x: Tensor) => Tensor | null) | null {
  const { rate = 0, stddev = 0 } = layer;
  const kept = (x: Tensor, shape: readonly number[]): Tensor =>
    random()
      .uniform(shape, place)
      .greaterEqual(rate)
      .cast('float32')
      .mul(x)
      .div(1 - rate);
  const normal = (x: Tensor): Tensor => random().normal(x.shape, place);
  switch (layer.getClassName()) {
    case 'Dropout':
      return (x) => (rate > 0 ? kept(x, noiseShape(layer, x)) : x);
    case 'SpatialDropout1D':
      return (x) =>
        rate > 0
          ? kept(
              x,
              x.shape.map((size, i) => (i > 0 && i < x.rank - 1 ? 1 : size)),
            )
          : x;
    case 'GaussianNoise':
      return (x) => normal(x).mul(stddev).add(x);
    case 'GaussianDropout':
      return (x) =>
        rate > 0
          ? normal(x)
              .mul(Math.sqrt(rate / (1 - rate)))
              .add(1)
              .mul(x)
          : x;
    case 'AlphaDropout':
      return (x) => (rate > 0 ? alphaDropout(x, rate, random().uniform(x.shape, place)) : x);
    case 'BatchNormalization':
      return batchNormalization(tf, layer);
    default:
      return null;
  }
}

function noiseShape({ noiseShape: given }: OwnLayer, x: Tensor): number[] {
  return x.shape.map((size, i) => given?.[i] ?? size);
}

/** Keeps mean and variance under SELU (Klambauer et al. 2017). */
function alphaDropout(x: Tensor, rate: number, uniform: Tensor): Tensor {
  const lowest = -1.7580993408473766;
  const scale = ((1 - rate) * (1 + rate * lowest ** 2)) ** -0.5;
  const isKept = uniform.greaterEqual(rate).cast('float32');
  const dropped = isKept.mul(-1).add(1).mul(lowest);
  return x
    .mul(isKept)
    .add(dropped)
    .mul(scale)
    .add(-scale * lowest * rate);
}

/** The fused kernel on the native backend, over the last axis; the moving statistics follow as in tfjs. Else null: tfjs's own. */
function batchNormalization(tf: Tf, layer: OwnLayer): ((x: Tensor) => Tensor | null) | null {
  const backend = nativeBackend(tf);
  if (backend === null) return null;
  const { axis = -1, epsilon = 1e-3 } = layer;
  return (x) => {
    const { momentum = 0.99 } = layer;
    const features = x.shape.at(-1) ?? 1;
    if (axis !== -1 && axis !== x.rank - 1) return null;
    const scale = layer.gamma?.read() ?? tf.ones([features]);
    const offset = layer.beta?.read() ?? tf.zeros([features]);
    const { y, mean, variance } = nativeBatchNormalization(tf, backend, x, scale, offset, epsilon);
    move(layer.movingMean, mean, momentum);
    move(layer.movingVariance, variance, momentum);
    return y;
  };
}

function move(weight: LayerWeight | undefined, value: Tensor, momentum: number): void {
  if (weight === undefined) return;
  const old = weight.read();
  weight.write(old.sub(old.sub(value).mul(1 - momentum)));
}
