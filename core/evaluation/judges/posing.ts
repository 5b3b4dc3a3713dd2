import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { randomSource } from '../../network/random-source.js';
import type { Tf } from '../../network/tf.js';
import type { Task } from '../../sweep/task.js';
import type { Judge } from './judge.js';

/** Kinds of noise that examples are scored with: example i has the one of i modulo this. */
const NOISES = 256;

/** How a task poses a batch. */
export function posingOf(task: Task | undefined): Judge['posed'] {
  return task !== undefined && 'reconstruction' in task ? withNoise(task.reconstruction.noise) : asGiven;
}

/** A batch as it is: for tasks whose targets the data set has. */
const asGiven: Judge['posed'] = (_, batch) => batch as readonly [Tensor, Tensor];

/**
 * Inputs with noise, to be given without it. The batch's second entry is the numbers of the examples, int32 [n]: the noise of an example
 * follows from its number alone.
 * @param noise - standard deviation; 0 is none
 */
function withNoise(noise: number): Judge['posed'] {
  return (tf, [given, numbers]) => {
    const x = given as Tensor;
    const seen = noise === 0 ? x : x.add(fixedNoise(tf, x.shape.slice(1), numbers as Tensor1D).mul(noise));
    return [seen, x];
  };
}

/** Standard normal noise [n, ...shape], the same for an example whatever else is in the batch. */
function fixedNoise(tf: Tf, shape: readonly number[], numbers: Tensor1D): Tensor {
  const table = randomSource(tf, tf.tensor1d([1, 0], 'int32')).normal([NOISES, ...shape], 0);
  return tf.gather(table, numbers.mod(tf.scalar(NOISES, 'int32')).toInt());
}
