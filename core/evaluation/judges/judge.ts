import type { Tensor } from '@tensorflow/tfjs';
import type { NativeValues } from '../../network/native/backend.js';
import type { Network } from '../../network/network.js';
import type { Tf } from '../../network/tf.js';
import type { Score } from '../../sweep/observation.js';

/** Adds up what was found of some examples. */
export interface Tally {
  /**
   * @param found - the outputs of `examples` for a batch, flat; only its first `count` examples count
   */
  add(found: readonly NativeValues[], count: number): void;
  /** The score of all that was added, of a split with `examples` examples. */
  score(examples: number): Score;
}

/** How the outputs of a network are judged by a task. */
export interface Judge {
  /**
   * A batch as the task poses it: what the network sees, and what it is to give.
   * @param batch - inputs [n, ...shape] and targets, as a data set has them
   */
  posed(tf: Tf, batch: readonly Tensor[]): readonly [Tensor, Tensor];
  /**
   * What is to be known of each example of a batch, each float32 with n for its first axis, in operations of TensorFlow alone, so that it
   * can be compiled.
   * @param targets - as `posed` has them
   */
  examples(tf: Tf, outputs: Tensor, targets: Tensor): readonly Tensor[];
  /** An empty tally. */
  tally(): Tally;
}

/** What is to be known of each example of a batch that a network is given. */
export function judged(tf: Tf, judge: Judge, network: Network, batch: readonly Tensor[]): readonly Tensor[] {
  const [seen, targets] = judge.posed(tf, batch);
  return judge.examples(tf, network.forward(seen, null), targets);
}
