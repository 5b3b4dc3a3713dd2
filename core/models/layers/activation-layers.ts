import { activate, mixesFeatures } from './activations.js';
import {
  activationOf,
  type Describe,
  FIXED,
  features,
  type LayerDescription,
  only,
  type Parameter,
  passing,
  type Shape,
  unsupported,
  vector,
} from './description.js';

/** A function of each number by itself. */
type Pointwise = (x: number, config: Parameters<Describe>[0]) => number | null;

/** Layers that leave numbers as they are in inference: dropout and noise. */
export const unchanged: Describe = (_config, inputs, layer) => ({
  output: only(inputs, layer),
  parameters: [],
  flow: passing(),
  activation: null,
});

/** Activation: whichever the config names. */
export const activation: Describe = (config, inputs, layer) => named(activationOf(config), only(inputs, layer));

/** ReLU, LeakyReLU, ThresholdedReLU: activations named by their class, with settings. */
export function activated(name: string, f: Pointwise): Describe {
  return (config, inputs, layer) => named(name, only(inputs, layer), (x) => f(x, config));
}

/** ReLU with the bound above that tfjs knows. */
export const relu: Pointwise = (x, config) =>
  Math.min(Math.max(0, x), numberOf(config, 'max_value', Number.POSITIVE_INFINITY));

/** LeakyReLU. */
export const leakyRelu: Pointwise = (x, config) => (x < 0 ? x * numberOf(config, 'alpha', 0.3) : x);

/** ELU; tfjs's layer knows no alpha but one. */
export const elu: Describe = (config, inputs, layer) => {
  const alpha = numberOf(config, 'alpha', 1);
  if (alpha !== 1) throw unsupported(layer, 'has another alpha than one', `alpha: ${alpha}`, 'alpha: 1');
  return named('elu', only(inputs, layer));
};

/** ThresholdedReLU. */
export const thresholdedRelu: Pointwise = (x, config) => (x > numberOf(config, 'theta', 1) ? x : 0);

/** Softmax over the features. */
export const softmax: Describe = (_config, inputs, layer) => named('softmax', only(inputs, layer));

/** PReLU: alpha has the input's shape, with size 1 along `shared_axes` (He et al. 2015). */
export const prelu: Describe = (config, inputs, layer) => {
  const shape = only(inputs, layer);
  const shared = Array.isArray(config['shared_axes']) ? config['shared_axes'] : [config['shared_axes']];
  const size = shape.map((length, i) => (shared.includes(i + 1) ? 1 : length));
  const axes = size.map((_, i): Parameter['axes'][number] =>
    i === shape.length - 1 && !shared.includes(shape.length) ? { role: 'feature' } : FIXED,
  );
  return {
    output: shape,
    parameters: [vector('alpha', size, axes, 'Zeros')],
    flow: passing(1, ([x = 0], feature, weights) => {
      if (x >= 0) return x;
      const own = slopes(weights('alpha'), features(size), feature);
      return own.every((slope) => slope === own[0]) ? x * (own[0] ?? 0) : null;
    }),
    activation: null,
  };
};

/** The slopes of one feature at all positions. */
function slopes(alpha: Float32Array, channels: number, feature: number): number[] {
  const first = channels === 1 ? 0 : feature;
  return Array.from({ length: alpha.length / channels }, (_, position) => alpha[position * channels + first] ?? 0);
}

function named(name: string | null, output: Shape, f = (x: number) => activate(name, x)): LayerDescription {
  const flow = mixesFeatures(name) ? ({ kind: 'mixes' } as const) : passing(1, ([x = 0]) => f(x));
  return { output, parameters: [], flow, activation: name };
}

function numberOf(config: Parameters<Describe>[0], key: string, fallback: number): number {
  const value = config[key];
  return typeof value === 'number' ? value : fallback;
}
