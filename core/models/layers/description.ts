import { PrunefrontError } from '../../errors.js';
import type { LayerConfig } from '../topology.js';

/** Shape of one example, without the batch axis. */
export type Shape = readonly number[];

/**
 * What an axis of a parameter runs over.
 * - `fixed`: nothing that surgery removes (kernel height, depth multiplier).
 * - `in`: the input's features. - `out`: the layer's units.
 * - `gates`: blocks of `count` × units, as in recurrent kernels (LSTM: i, f, c, o).
 * - `feature`: the features that pass through, one entry each (batch norm).
 * - `multiplied`: the input's features times `by`, feature-major (depthwise convolution).
 */
export type Axis =
  | { readonly role: 'fixed' | 'in' | 'out' | 'feature' }
  | { readonly role: 'gates'; readonly count: number }
  | { readonly role: 'multiplied'; readonly by: number };

/** One weight of a layer. */
export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
  readonly axes: readonly Axis[];
  readonly trainable: boolean;
  /** Multiplications that each element takes part in for one example; 0 for biases and norms. */
  readonly uses: number;
  /** Whether weight pruning prunes it: what tfmot prunes. */
  readonly prunable: boolean;
  /** Key of its initializer in the config, and the one where the config names none. */
  readonly initializer: readonly [key: string, fallback: string];
  /** Entries that start at one whatever the initializer says: the forget gate's of an LSTM bias. */
  readonly ones?: readonly [from: number, to: number];
}

/**
 * How features (the last axis) of the output follow from those of the input.
 * - `produces`: new units of its own. - `same`: feature i is input feature i.
 * - `flatten`: feature i is channel i mod C. - `multiplies`: `by` features for each input feature.
 * - `coupled`: element-wise over several inputs, which must lose the same features. - `concatenates`: inputs side by side.
 * - `opaque`: features mix, so that none can be removed before it.
 */
export type Flow =
  | { readonly kind: 'input' | 'same' | 'flatten' | 'coupled' | 'concatenates' | 'opaque' }
  | {
      readonly kind: 'produces';
      readonly units: number;
      readonly unitsKey: string;
      readonly granularity: 'filter' | 'neuron' | 'recurrent';
    }
  | { readonly kind: 'multiplies'; readonly by: number };

/** Everything that costs, criteria and surgery know of a layer. */
export interface LayerDescription {
  readonly output: Shape;
  /** In the order of the layer's `getWeights()`. */
  readonly parameters: readonly Parameter[];
  readonly flow: Flow;
  /** Name of the activation that its output passes, where there is one. */
  readonly activation: string | null;
}

/** Describes a layer of its class from its config and its inputs' shapes. */
export type Describe = (config: LayerConfig, inputs: readonly Shape[], layer: string) => LayerDescription;

/** An axis that no removal cuts. */
export const FIXED: Axis = { role: 'fixed' };
/** An axis with an entry for each feature of the input. */
export const IN: Axis = { role: 'in' };
/** An axis with an entry for each unit of the layer. */
export const OUT: Axis = { role: 'out' };

/** A kernel that weight pruning prunes. */
export function kernel(name: string, shape: Shape, axes: readonly Axis[], uses: number, prunable = true): Parameter {
  return { name, shape, axes, uses, prunable, trainable: true, initializer: [`${name}_initializer`, 'GlorotUniform'] };
}

/** A bias or norm parameter. */
export function vector(
  name: string,
  shape: Shape,
  axes: readonly Axis[],
  fallback: 'Zeros' | 'Ones',
  trainable = true,
): Parameter {
  return { name, shape, axes, uses: 0, prunable: false, trainable, initializer: [`${name}_initializer`, fallback] };
}

/** The bias where the config has one. */
export function bias(config: LayerConfig, shape: Shape, axes: readonly Axis[]): Parameter[] {
  return config['use_bias'] === false ? [] : [vector('bias', shape, axes, 'Zeros')];
}

/** A positive integer of the config. */
export function integer(config: LayerConfig, key: string, layer: string): number {
  const value = config[key];
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  throw new PrunefrontError('PRUNEFRONT_IMPOSSIBLE_SHAPE', `Layer ${layer} has an impossible ${key}`, {
    place: `${layer}.${key}`,
    found: String(value),
    allowed: 'a positive integer',
  });
}

/** A list of `count` integers of the config, or one number for all. */
export function integers(config: LayerConfig, key: string, count: number, fallback: number): number[] {
  const value = config[key] ?? fallback;
  const list = Array.isArray(value) ? (value as number[]) : [value as number];
  return Array.from({ length: count }, (_, i) => list[i] ?? list[0] ?? fallback);
}

/** Activation of the config; `linear` is null. */
export function activationOf(config: LayerConfig, key = 'activation'): string | null {
  const value = config[key];
  const name =
    typeof value === 'object' && value !== null ? String((value as Record<string, unknown>)['class_name']) : value;
  return typeof name === 'string' && name !== 'linear' ? name : null;
}

/** The first input's shape. */
export function only(inputs: readonly Shape[], layer: string): Shape {
  const [input] = inputs;
  if (input === undefined)
    throw new PrunefrontError('PRUNEFRONT_MODEL_FORMAT', `Layer ${layer} has no input`, { place: layer });
  return input;
}

/** Size of the last axis. */
export function features(shape: Shape): number {
  return shape.at(-1) ?? 1;
}

/** Length of a convolution's or pooling's output along one axis. */
export function windowed(
  size: number,
  window: number,
  stride: number,
  padding: unknown,
  dilation: number,
  layer: string,
): number {
  const reach = (window - 1) * dilation + 1;
  const length =
    padding === 'same' || padding === 'causal' ? Math.ceil(size / stride) : Math.ceil((size - reach + 1) / stride);
  if (length > 0) return length;
  throw new PrunefrontError('PRUNEFRONT_IMPOSSIBLE_SHAPE', `Layer ${layer} would have an output of size ${length}`, {
    place: layer,
    found: `a window of ${reach} on ${size}`,
    allowed: `a window of at most ${size}`,
  });
}
