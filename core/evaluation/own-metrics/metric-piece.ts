import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../network/tf.js';
import type { Piece } from '../../registry/index.js';
import type { TaskName } from '../../sweep/task.js';

/** A metric beside those of the tasks, on the outputs and targets of a split. */
export interface MetricPiece extends Piece {
  /** Tasks that can have it. */
  readonly tasks: readonly TaskName[];
  /**
   * What is to be known of each example of a batch, float32 with n for its first axis, in operations of TensorFlow alone, so that it can be
   * compiled. Outputs are logits [n, classes] in a classification, and what the last layer gives elsewhere; targets are int32 labels [n],
   * numbers [n, outputs], or the inputs without noise.
   */
  readonly examples: (tf: Tf, outputs: Tensor, targets: Tensor) => Tensor;
  /**
   * The metric of a split, from what `examples` gave, row-major over all of them; the mean where it is absent.
   * @param examples - their number
   */
  readonly of?: (values: Float32Array, examples: number) => number;
}
