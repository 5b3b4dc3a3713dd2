import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../network/tf.js';
import type { Piece } from '../../registry/index.js';
import type { TaskName } from '../../sweep/task.js';
import type { Loss } from '../../training/objectives/losses/index.js';

/** What metrics may know beside outputs and targets. */
export interface ScoredTask {
  /** That of the task; of a classification the cross-entropy, whatever it trains with. */
  readonly loss: Loss;
  /** Largest minus smallest input; of bytes, which become 0 to 1, always 1. */
  readonly range: number;
}

/** A number that says how good a network's outputs are on a split. Those of the tasks and those of plugins are alike. */
export interface MetricPiece extends Piece {
  /** Tasks that can have it. */
  readonly tasks: readonly TaskName[];
  /** Which direction is the better one, for people; an objective says it by itself. */
  readonly better?: 'more' | 'less';
  /**
   * What is to be known of each example of a batch, float32 with n for its first axis, in operations of TensorFlow alone, so that it can be
   * compiled. Outputs are logits [n, classes] in a classification, and what the last layer gives elsewhere; targets are int32 labels [n],
   * numbers [n, outputs], or the inputs without noise. It is computed once for all metrics that have the same function here.
   */
  readonly examples: (tf: Tf, outputs: Tensor, targets: Tensor, task: ScoredTask) => Tensor;
  /**
   * The metric of a split, from what `examples` gave, row-major over all of them; the mean where it is absent.
   * @param examples - their number
   */
  readonly of?: (values: Float32Array, examples: number, task: ScoredTask) => number;
}
