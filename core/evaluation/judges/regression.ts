import type { Loss } from '../../training/objectives/losses/index.js';
import { asGiven, type Judge, type Tally } from './judge.js';

/** Judges outputs [n, outputs] by targets of the same shape: R² and the mean absolute error, and the mean loss. */
export function regression(loss: Loss): Judge {
  return {
    posed: asGiven,
    examples: (tf, outputs, targets) => [loss.perExample(tf, outputs, targets), outputs.sub(targets), targets],
    tally: () => new RegressionTally(),
  };
}

class RegressionTally implements Tally {
  private loss = 0;
  private absolute = 0;
  private values = 0;
  private readonly outputs: OutputSpread[] = [];

  add([losses = [], errors = [], targets = []]: readonly ArrayLike<number>[], count: number): void {
    const width = errors.length / losses.length;
    for (let i = 0; i < count; i++) {
      this.loss += losses[i] ?? 0;
      for (let k = 0; k < width; k++) {
        const error = errors[i * width + k] ?? Number.NaN;
        this.absolute += Math.abs(error);
        this.values += 1;
        const own = this.outputs[k] ?? { count: 0, mean: 0, squares: 0, errors: 0 };
        this.outputs[k] = own;
        take(own, targets[i * width + k] ?? Number.NaN, error);
      }
    }
  }

  score(examples: number) {
    const r2 = this.outputs.reduce((sum, own) => sum + explained(own), 0) / this.outputs.length;
    return { loss: this.loss / examples, examples, r2, mae: this.absolute / this.values };
  }
}

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
