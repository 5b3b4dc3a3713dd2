import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import type { PreparedData } from '../../datasets/prepare.js';
import type { Tf } from '../../network/tf.js';

/** What the loss of each example of a batch is multiplied with, float32 [n]. */
export type ExampleWeights = (tf: Tf, batch: readonly Tensor[]) => Tensor;

/** A weight a class, by the label of the example; the batch's second entry is the labels, int32 [n]. */
export function classWeights(weights: readonly number[]): ExampleWeights {
  // A gather of tfjs-node reads the labels back to check them, which can't be compiled.
  return (tf, [, labels]) =>
    tf
      .oneHot(labels as Tensor1D, weights.length, 1, 0, 'float32')
      .mul(tf.tensor1d([...weights], 'float32'))
      .sum(1);
}

/** A weight an example, from an entry of the batch, float32 [n]. */
export function sampleWeights(column: number): ExampleWeights {
  return (_, batch) => batch[column] as Tensor;
}

/** Weights that give every class of the training examples the same say: n / (classes · examples of the class). A class without any has 0. */
export function balancedWeights({
  labels,
  train,
  classes,
}: Pick<PreparedData, 'labels' | 'train' | 'classes'>): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const index of train) {
    const label = labels[index] ?? 0;
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts.map((count) => (count === 0 ? 0 : train.length / (classes * count)));
}
