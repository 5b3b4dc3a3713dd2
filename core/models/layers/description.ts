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
  /** Whether that config is the one of the layer that this one wraps. */
  readonly wrapped?: true;
  /** Entries that start at one whatever the initializer says: the forget gate's of an LSTM bias. */
  readonly ones?: readonly [from: number, to: number];
}

/** A feature of one of a layer's inputs. */
export interface Source {
  readonly input: number;
  readonly feature: number;
}

/** Values of a layer's own weight, by the name of its parameter. */
export type ReadWeight = (parameter: string) => Float32Array;

/** Features (the last axis) of the output that follow from those of the inputs: an index map on the edge between two layers. */
export interface Passing {
  readonly kind: 'passes';
  /** What output feature `feature` is made of; both go or stay together. */
  readonly from: (feature: number) => readonly Source[];
  /**
   * What output feature `feature` is in inference where its sources are the same numbers at every position and for every example; null where
   * it is then no such number. Left out where the only source passes as it is, or several that are equal.
   */
  readonly constant?: (values: readonly number[], feature: number, weights: ReadWeight) => number | null;
}

/** A kernel, or a depthwise and a pointwise one in sequence, and the bias that is added to what it gives. */
export interface Intake {
  readonly kernels: readonly string[];
  readonly bias: string;
}

/** Units of the layer's own; output feature i is of unit i mod `units`. */
export interface Producing {
  readonly kind: 'produces';
  readonly units: number;
  readonly granularity: 'filter' | 'neuron' | 'recurrent';
  /** What an output feature is in inference where the kernels of its unit are zero; null where that is no one number. */
  readonly constant: (feature: number, weights: ReadWeight) => number | null;
  /** How it takes its input's features; null where it tells them by their position, so that none can be removed before it. */
  readonly takes: {
    readonly intakes: readonly Intake[];
    /** Whether an input feature that is one number everywhere adds the same at every position: not where zeros pad the input. */
    readonly evenly: boolean;
  } | null;
}

/** How features of the output come about: given, passed on, made anew, or of all input features at once, so that none can be removed. */
export type Flow = { readonly kind: 'input' | 'mixes' } | Passing | Producing;

/** Everything that costs, criteria and surgery know of a layer. */
export interface LayerDescription {
  readonly output: Shape;
  /** In the order of the layer's `getWeights()`. */
  readonly parameters: readonly Parameter[];
  readonly flow: Flow;
  /** Name of the activation that its output passes, where there is one. */
  readonly activation: string | null;
  /** The config with so many units, or output features where it has no units; left out where the config does not say how many. */
  readonly resized?: (count: number) => LayerConfig;
  /** The config that tfjs builds the layer from, where it cannot from the given one. */
  readonly built?: LayerConfig;
}

/** Describes a layer of its class from its config and its inputs' shapes. */
export type Describe = (config: LayerConfig, inputs: readonly Shape[], layer: string) => LayerDescription;

/** The error for a setting of a layer that nothing here can run. */
export function unsupported(layer: string, message: string, found: string, allowed: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_MODEL_UNSUPPORTED', `Layer ${layer} ${message}`, {
    place: layer,
    found,
    allowed,
  });
}

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

/** The shape of the one input. */
export function only(inputs: readonly Shape[], layer: string): Shape {
  const [input] = inputs;
  if (input !== undefined && inputs.length === 1) return input;
  throw new PrunefrontError('PRUNEFRONT_MODEL_FORMAT', `Layer ${layer} takes one input`, {
    place: layer,
    found: `${inputs.length} inputs`,
    allowed: '1 input',
  });
}

/** Every output feature is the one of the same place in each input. */
export function passing(inputs = 1, constant?: Passing['constant']): Passing {
  const from = (feature: number): Source[] => Array.from({ length: inputs }, (_, input) => ({ input, feature }));
  return { kind: 'passes', from, ...(constant === undefined ? {} : { constant }) };
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
