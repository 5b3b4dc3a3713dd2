import { Growing } from '../../datasets/growing.js';
import type { Score } from '../../sweep/observation.js';
import type { MetricPiece } from '../own-metrics/index.js';
import type { Judge, Tally } from './judge.js';

/** A judge that gives further metrics, too. */
export function withOwnMetrics(judge: Judge, metrics: readonly MetricPiece[]): Judge {
  return {
    posed: (tf, batch) => judge.posed(tf, batch),
    examples: (tf, outputs, targets) => [
      ...judge.examples(tf, outputs, targets),
      ...metrics.map((metric) => metric.examples(tf, outputs, targets)),
    ],
    tally: () => new OwnTally(judge.tally(), metrics),
  };
}

class OwnTally implements Tally {
  private readonly values: readonly Growing<Float32Array>[];

  constructor(
    private readonly task: Tally,
    private readonly metrics: readonly MetricPiece[],
  ) {
    this.values = metrics.map(() => new Growing((length) => new Float32Array(length)));
  }

  add(found: readonly ArrayLike<number>[], count: number): void {
    const ofTask = found.slice(0, found.length - this.metrics.length);
    this.task.add(ofTask, count);
    // Every batch has a value or more of each of its examples, those that do not count last.
    const size = ofTask[0]?.length ?? count;
    for (const [i, own] of found.slice(ofTask.length).entries()) {
      const used = (own.length / size) * count;
      for (let k = 0; k < used; k++) this.values[i]?.push(own[k] ?? Number.NaN);
    }
  }

  score(examples: number): Score {
    const own = this.metrics.map(({ name, of = meanOf }, i): [string, number] => {
      const values = this.values[i]?.done() ?? new Float32Array();
      return [name, of(values, examples)];
    });
    return { ...this.task.score(examples), own: Object.fromEntries(own) };
  }
}

function meanOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
