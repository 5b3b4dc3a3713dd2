import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { nativeBackend } from '../../network/native/backend.js';
import { nativeCrossEntropies } from '../../network/native/sparse-cross-entropy.js';
import type { Tf } from '../../network/tf.js';
import { asGiven, type Judge, type Tally } from './judge.js';

/** How many of the likeliest classes `top5` looks at. */
const LIKELIEST = 5;

/** Judges logits [n, classes] by labels, int32 [n]: accuracy, top-5 accuracy, macro F1, and mean cross-entropy. */
export const classification: Judge = {
  posed: asGiven,
  examples(tf, logits, targets) {
    const labels = targets as Tensor1D;
    const found = logits.argMax(1);
    const top = rank(tf, logits, labels).less(LIKELIEST);
    return [
      found.equal(labels).cast('float32'),
      crossEntropies(tf, logits, labels),
      top.cast('float32'),
      found.cast('float32'),
      labels.cast('float32'),
    ];
  },
  tally: () => new ClassificationTally(),
};

class ClassificationTally implements Tally {
  private correct = 0;
  private loss = 0;
  private top = 0;
  private readonly byClass = new Map<number, ClassCounts>();

  add(
    [correct = [], losses = [], top = [], found = [], labels = []]: readonly ArrayLike<number>[],
    count: number,
  ): void {
    for (let i = 0; i < count; i++) {
      this.correct += correct[i] ?? 0;
      this.loss += losses[i] ?? 0;
      this.top += top[i] ?? 0;
      const [answer, truth] = [this.countsOf(found[i] ?? 0), this.countsOf(labels[i] ?? 0)];
      answer.found += 1;
      truth.present += 1;
      if (answer === truth) answer.right += 1;
    }
  }

  score(examples: number) {
    return {
      accuracy: this.correct / examples,
      loss: this.loss / examples,
      examples,
      top5: this.top / examples,
      macroF1: macroF1([...this.byClass.values()]),
    };
  }

  private countsOf(label: number): ClassCounts {
    const known = this.byClass.get(label);
    if (known !== undefined) return known;
    const counts = { found: 0, present: 0, right: 0 };
    this.byClass.set(label, counts);
    return counts;
  }
}

/** Examples that were taken for a class, that are of it, and both. */
interface ClassCounts {
  found: number;
  present: number;
  right: number;
}

/** The mean of 2 · right / (found + present) over the classes that some example is of or was taken for. */
function macroF1(classes: readonly ClassCounts[]): number {
  const sum = classes.reduce((total, { found, present, right }) => total + (2 * right) / (found + present), 0);
  return sum / classes.length;
}

/** How many classes come before the right one; of equal logits the first class does. */
function rank(tf: Tf, logits: Tensor, labels: Tensor1D): Tensor {
  const classes = logits.shape[1] ?? 1;
  const truth = tf.oneHot(labels, classes, 1, 0, 'float32');
  const own = logits.mul(truth).sum(1, true);
  const before = tf
    .tensor2d(
      Float32Array.from({ length: classes }, (_, i) => i),
      [1, classes],
    )
    .less(labels.cast('float32').reshape([-1, 1]));
  const likelier = logits.greater(own).logicalOr(logits.equal(own).logicalAnd(before));
  return likelier.cast('float32').sum(1);
}

function crossEntropies(tf: Tf, logits: Tensor, labels: Tensor1D): Tensor {
  const backend = nativeBackend(tf);
  if (backend !== null) return nativeCrossEntropies(tf, backend, logits, labels);
  return tf
    .logSoftmax(logits)
    .mul(tf.oneHot(labels, logits.shape[1] ?? 1))
    .sum(1)
    .neg();
}
