import { PrunefrontError } from '../../errors.js';
import { type Describe, features, type Passing, passing, type Shape } from './description.js';

/** Add, Multiply, Average, Maximum, Minimum: element-wise over inputs, which are stretched along axes of size 1. */
export function elementwise(combine: (values: readonly number[]) => number): Describe {
  return (_config, inputs, layer) => {
    const output = inputs.reduce((shape, other) => broadcast(shape, other, layer), []);
    const sameFeatures = inputs.every((shape) => features(shape) === features(output));
    return {
      output,
      parameters: [],
      flow: sameFeatures ? passing(inputs.length, combine) : { kind: 'mixes' },
      activation: null,
    };
  };
}

/** Concatenate along the last axis; along another one features of all inputs go together. */
export const concatenate: Describe = (config, inputs, layer) => {
  const [shape] = inputs;
  if (shape === undefined)
    throw new PrunefrontError('PRUNEFRONT_MODEL_FORMAT', `Layer ${layer} has no input`, { place: layer });
  const axis = typeof config['axis'] === 'number' ? config['axis'] : -1;
  const at = axis < 0 ? shape.length + axis : axis - 1;
  const joined = inputs.reduce((sum, each) => sum + (each[at] ?? 0), 0);
  return {
    output: shape.map((size, i) => (i === at ? joined : size)),
    parameters: [],
    flow: at === shape.length - 1 ? sideBySide(inputs.map(features)) : passing(inputs.length),
    activation: null,
  };
};

function sideBySide(sizes: readonly number[]): Passing {
  const sources = sizes.flatMap((size, input) => Array.from({ length: size }, (_, feature) => ({ input, feature })));
  return { kind: 'passes', from: (feature) => sources.slice(feature, feature + 1) };
}

/** The shape of both, aligned at the last axis. */
function broadcast(a: Shape, b: Shape, layer: string): Shape {
  const rank = Math.max(a.length, b.length);
  const at = (shape: Shape, i: number): number => shape[i - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, i) => {
    const [left, right] = [at(a, i), at(b, i)];
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new PrunefrontError('PRUNEFRONT_IMPOSSIBLE_SHAPE', `Layer ${layer} cannot join inputs of these shapes`, {
      place: layer,
      found: `[${a.join(', ')}] and [${b.join(', ')}]`,
      allowed: 'equal shapes',
    });
  });
}
