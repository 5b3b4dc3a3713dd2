import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { randomSource } from '../../network/random-source.js';
import type { Tf } from '../../network/tf.js';
import type { Loss } from '../../training/objectives/losses/index.js';
import type { Judge, Tally } from './judge.js';

/** Kinds of noise that examples are scored with: example i has the one of i modulo this. */
const NOISES = 256;

/** Mean squared errors below this share of the squared range count as it: a signal-to-noise ratio without a bound is no number. */
const LEAST = 1e-12;

/**
 * Judges outputs by the inputs without noise: the peak signal-to-noise ratio and the mean squared error, and the mean loss. The batch's
 * second entry is the numbers of the examples, int32 [n]: the noise of an example follows from its number alone.
 * @param noise - standard deviation; 0 is none
 * @param range - largest minus smallest value that inputs can have
 */
export function reconstruction(loss: Loss, noise: number, range: number): Judge {
  return {
    posed(tf, [given, numbers]) {
      const x = given as Tensor;
      const seen = noise === 0 ? x : x.add(fixedNoise(tf, x.shape.slice(1), numbers as Tensor1D).mul(noise));
      return [seen, x];
    },
    examples(tf, outputs, x) {
      const squares = tf
        .squaredDifference(outputs, x)
        .reshape([x.shape[0] ?? 1, -1])
        .mean(1);
      return [loss.perExample(tf, outputs, x), squares];
    },
    tally: () => new ReconstructionTally(range),
  };
}

class ReconstructionTally implements Tally {
  private loss = 0;
  private squares = 0;

  constructor(private readonly range: number) {}

  add([losses = [], squares = []]: readonly ArrayLike<number>[], count: number): void {
    for (let i = 0; i < count; i++) {
      this.loss += losses[i] ?? 0;
      this.squares += squares[i] ?? 0;
    }
  }

  score(examples: number) {
    const mse = this.squares / examples;
    const share = Math.max(LEAST, mse / this.range ** 2);
    return { loss: this.loss / examples, examples, psnr: -10 * Math.log10(share), mse };
  }
}

/** Standard normal noise [n, ...shape], the same for an example whatever else is in the batch. */
function fixedNoise(tf: Tf, shape: readonly number[], numbers: Tensor1D): Tensor {
  const table = randomSource(tf, tf.tensor1d([1, 0], 'int32')).normal([NOISES, ...shape], 0);
  return tf.gather(table, numbers.mod(tf.scalar(NOISES, 'int32')).toInt());
}
