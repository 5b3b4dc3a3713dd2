import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { Attributes, nativeBackend } from './native/backend.js';
import type { Tf } from './tf.js';

/** Random numbers of one step. Equal seed, step and place give equal numbers, whatever was drawn before, compiled or not. */
export interface RandomSource {
  /** Uniform numbers in [0, 1). */
  uniform(shape: readonly number[], place: number): Tensor;
  /** Standard normal numbers. */
  normal(shape: readonly number[], place: number): Tensor;
}

/** What a step's random numbers follow from: two int32. */
export type StepSeed = readonly [seed: number, step: number];

/** The seed of a step. */
export function stepSeed(seed: number, step: number): StepSeed {
  return [Math.imul(seed, 1_000_003) & 0x7fffffff, step];
}

/**
 * Random numbers by TensorFlow's stateless generators, which run inside of a graph. Other backends draw in JavaScript.
 * @param seed - int32 [2]: a `StepSeed`
 */
export function randomSource(tf: Tf, seed: Tensor1D): RandomSource {
  const backend = nativeBackend(tf);
  if (backend === null) {
    const [a = 0, b = 0] = seed.dataSync();
    const own = (place: number): number => (a + b * 101 + place * 7919) % 2_147_483_647;
    return {
      uniform: (shape, place) => tf.randomUniform([...shape], 0, 1, 'float32', own(place)),
      normal: (shape, place) => tf.randomNormal([...shape], 0, 1, 'float32', own(place)),
    };
  }
  const attributes = new Attributes(backend.binding);
  const draw = (op: string, shape: readonly number[], place: number): Tensor => {
    const types = [
      attributes.type('dtype', 'float32'),
      attributes.type('T', 'int32'),
      attributes.type('Tseed', 'int32'),
    ];
    const placed = seed.add(tf.tensor1d([place * 7919, 0], 'int32'));
    return backend.executeSingleOutput(op, types, [tf.tensor1d([...shape], 'int32'), placed]);
  };
  return {
    uniform: (shape, place) => draw('StatelessRandomUniform', shape, place),
    normal: (shape, place) => draw('StatelessRandomNormal', shape, place),
  };
}
