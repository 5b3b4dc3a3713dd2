import type { MetricPiece } from './metric-piece.js';

/** The likeliest class of each example and the right one, [n, 2]; of equal logits the first class. */
const answers: MetricPiece['examples'] = (tf, logits, labels) =>
  tf.stack([logits.argMax(1), labels], 1).cast('float32');

/** Fraction of the examples whose likeliest class is the right one. */
export const accuracy: MetricPiece = {
  name: 'accuracy',
  summary: 'Fraction of the examples whose likeliest class is the right one.',
  source: 'the usual one',
  settings: {},
  tasks: ['classification'],
  better: 'more',
  examples: answers,
  of(values, examples) {
    let right = 0;
    for (let i = 0; i < examples; i++) if (values[2 * i] === values[2 * i + 1]) right += 1;
    return right / examples;
  },
};

/** The mean of 2 · right / (found + present) over the classes that some example is of or was taken for. */
export const macroF1: MetricPiece = {
  name: 'macroF1',
  summary: 'Mean over the classes of the harmonic mean of precision and recall.',
  source: 'van Rijsbergen 1979',
  settings: {},
  tasks: ['classification'],
  better: 'more',
  examples: answers,
  of(values, examples) {
    const classes = classCounts(values, examples);
    const sum = classes.reduce((total, { found, present, right }) => total + (2 * right) / (found + present), 0);
    return sum / classes.length;
  },
};

/** Examples that were taken for a class, that are of it, and both. */
interface ClassCounts {
  found: number;
  present: number;
  right: number;
}

/** Those of each class that occurs, in the order in which they do. */
function classCounts(values: Float32Array, examples: number): readonly ClassCounts[] {
  const byClass = new Map<number, ClassCounts>();
  const countsOf = (label: number): ClassCounts => {
    const known = byClass.get(label);
    if (known !== undefined) return known;
    const counts = { found: 0, present: 0, right: 0 };
    byClass.set(label, counts);
    return counts;
  };
  for (let i = 0; i < examples; i++) {
    const answer = countsOf(values[2 * i] ?? Number.NaN);
    const truth = countsOf(values[2 * i + 1] ?? Number.NaN);
    answer.found += 1;
    truth.present += 1;
    if (answer === truth) answer.right += 1;
  }
  return [...byClass.values()];
}
