import { PrunefrontError } from '../../errors.js';
import { sizeOf } from '../named-tensor.js';
import { type Describe, type Flow, features, type LayerDescription, only, passing, type Shape } from './description.js';

/** Flatten in TensorFlow's layout: channel c of C feeds features c, c + C, c + 2C, … */
export const flatten: Describe = (_config, inputs, layer) => {
  const shape = only(inputs, layer);
  return arranged(shape, [sizeOf(shape)]);
};

/** Reshape: features can be followed unless the last axes before and after share no divisor; then they mix. */
export const reshape: Describe = (config, inputs, layer) => {
  const shape = only(inputs, layer);
  const target = (config['target_shape'] ?? []) as (number | null)[];
  const known = target.reduce<number>((product, size) => (isKnown(size) ? product * size : product), 1);
  const output = target.map((size) => (isKnown(size) ? size : sizeOf(shape) / known));
  if (sizeOf(output) !== sizeOf(shape) || !output.every(Number.isInteger)) {
    throw new PrunefrontError('PRUNEFRONT_IMPOSSIBLE_SHAPE', `Layer ${layer} cannot arrange its input so`, {
      place: layer,
      found: `[${shape.join(', ')}] to [${target.join(', ')}]`,
      allowed: `a shape of ${sizeOf(shape)} numbers`,
    });
  }
  return {
    ...arranged(shape, output),
    // tfjs leaves open what the config leaves open, and no layer of weights can follow.
    built: { ...config, target_shape: output },
    // Where it is left open, the features follow of themselves.
    resized: (count) => ({
      ...config,
      target_shape: target.map((size, i) => (i === target.length - 1 && isKnown(size) ? count : size)),
    }),
  };
};

/** Permute: features mix with positions unless the last axis stays the last. */
export const permute: Describe = (config, inputs, layer) => {
  const shape = only(inputs, layer);
  const dims = (config['dims'] ?? []) as number[];
  return {
    output: dims.map((axis) => shape[axis - 1] ?? 1),
    parameters: [],
    flow: dims.at(-1) === shape.length ? passing() : { kind: 'mixes' },
    activation: null,
  };
};

function arranged(shape: Shape, output: Shape): LayerDescription {
  return { output, parameters: [], flow: arrangement(shape, output), activation: null };
}

/**
 * Numbers keep their order: number n is of feature n mod C before and of n mod D after, so that those of a class modulo the greatest common
 * divisor of C and D stay together, whatever C and D are. Where that is 1, each feature has numbers of all.
 */
function arrangement(shape: Shape, output: Shape): Flow {
  const [before, after] = [features(shape), features(output)];
  const classes = greatestCommonDivisor(before, after);
  if (classes === 1 && before > 1 && after > 1) return { kind: 'mixes' };
  return {
    kind: 'passes',
    from: (feature) =>
      Array.from({ length: before / classes }, (_, i) => ({ input: 0, feature: i * classes + (feature % classes) })),
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function isKnown(size: number | null | undefined): size is number {
  return typeof size === 'number' && size > 0;
}
