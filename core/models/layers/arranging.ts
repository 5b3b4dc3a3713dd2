import { PrunefrontError } from '../../errors.js';
import { sizeOf } from '../named-tensor.js';
import { type Describe, type Flow, features, type LayerDescription, only, passing, type Shape } from './description.js';

/** Flatten in TensorFlow's layout: channel c of C feeds features c, c + C, c + 2C, … */
export const flatten: Describe = (_config, inputs, layer) => {
  const shape = only(inputs, layer);
  return arranged(shape, [sizeOf(shape)]);
};

/** Reshape: where the last axis stays, or the result is flat, or the input was flat, features can be followed; else they mix. */
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

/** Numbers keep their order, so that number n is of feature n mod C before and after, whatever C is there. */
function arrangement(shape: Shape, output: Shape): Flow {
  const [before, after] = [features(shape), features(output)];
  if (before === after) return passing();
  if (output.length === 1) return { kind: 'passes', from: (feature) => [{ input: 0, feature: feature % before }] };
  if (shape.length > 1) return { kind: 'mixes' };
  const positions = before / after;
  return {
    kind: 'passes',
    from: (feature) => Array.from({ length: positions }, (_, p) => ({ input: 0, feature: p * after + feature })),
  };
}

function isKnown(size: number | null | undefined): size is number {
  return typeof size === 'number' && size > 0;
}
