import type { MetricPiece } from './metric-piece.js';

/** Errors of an example's outputs, and behind them its targets: [n, 2 · outputs]. */
const errorsAndTargets: MetricPiece['examples'] = (tf, outputs, targets) =>
  tf.concat([outputs.sub(targets), targets], 1);

/** 1 − Σ error² / Σ (target − mean)², the mean of that over the outputs. */
export const r2: MetricPiece = {
  name: 'r2',
  summary: 'Explained fraction of the variance of the targets; of several outputs the mean.',
  source: 'Wright 1921',
  settings: {},
  tasks: ['regression'],
  better: 'more',
  examples: errorsAndTargets,
  of(values, examples) {
    const width = values.length / examples / 2;
    const outputs = Array.from({ length: width }, (): OutputSpread => ({ count: 0, mean: 0, squares: 0, errors: 0 }));
    for (let i = 0; i < examples; i++) {
      outputs.forEach((own, k) => {
        const at = 2 * i * width + k;
        take(own, values[at + width] ?? Number.NaN, values[at] ?? Number.NaN);
      });
    }
    return outputs.reduce((sum, own) => sum + explained(own), 0) / outputs.length;
  },
};

/** The mean of |error| over all outputs of all examples. */
export const mae: MetricPiece = {
  name: 'mae',
  summary: 'Mean absolute error, in units of the targets.',
  source: 'the usual one',
  settings: {},
  tasks: ['regression'],
  better: 'less',
  examples: errorsAndTargets,
  of(values, examples) {
    const width = values.length / examples / 2;
    let absolute = 0;
    for (let i = 0; i < examples; i++)
      for (let k = 0; k < width; k++) absolute += Math.abs(values[2 * i * width + k] ?? Number.NaN);
    return absolute / (examples * width);
  },
};

/** What is known of the targets and errors of one output. */
interface OutputSpread {
  count: number;
  mean: number;
  /** Σ (target − mean)². */
  squares: number;
  /** Σ error². */
  errors: number;
}

/** Takes in a target, with the mean and the squares as they are then (Welford 1962). */
function take(own: OutputSpread, target: number, error: number): void {
  own.count += 1;
  const off = target - own.mean;
  own.mean += off / own.count;
  own.squares += off * (target - own.mean);
  own.errors += error ** 2;
}

/** 1 − Σ error² / Σ (target − mean)²; of targets that are all the same 1 where there is no error, else 0. */
function explained({ squares, errors }: OutputSpread): number {
  if (squares > 0) return 1 - errors / squares;
  return errors === 0 ? 1 : 0;
}
