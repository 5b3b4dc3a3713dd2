import { joinedArrays } from '../../joined-arrays.js';
import type { NativeValues } from '../../network/native/backend.js';
import type { Score } from '../../sweep/observation.js';
import { isOwnMetric } from '../../sweep/spec.js';
import { type MetricPiece, meanOf, type ScoredTask } from '../metrics/index.js';
import type { Judge, Tally } from './judge.js';

/**
 * A judge that gives metrics.
 * @param metrics - first the loss, which has one value an example
 */
export function metricsJudge(posed: Judge['posed'], metrics: readonly MetricPiece[], task: ScoredTask): Judge {
  const owners = metrics.filter((metric) => ownerOf(metric, metrics) === metric);
  return {
    posed,
    examples: (tf, outputs, targets) => owners.map((metric) => metric.examples(tf, outputs, targets, task)),
    tally: () => new MetricsTally(owners, metrics, task),
  };
}

/** The first of some metrics that has the same function: what it gives of an example is computed once. */
function ownerOf({ examples }: MetricPiece, metrics: readonly MetricPiece[]): MetricPiece | undefined {
  return metrics.find((other) => other.examples === examples);
}

class MetricsTally implements Tally {
  /** What is known of the examples, batch by batch, by the metric that is asked for it. */
  private readonly known: ReadonlyMap<MetricPiece, Float32Array[]>;

  constructor(
    private readonly owners: readonly MetricPiece[],
    private readonly metrics: readonly MetricPiece[],
    private readonly task: ScoredTask,
  ) {
    this.known = new Map(owners.map((metric) => [metric, []]));
  }

  add(found: readonly NativeValues[], count: number): void {
    // Every batch has a value or more of each of its examples, those that do not count last; of the loss there is one.
    const size = found[0]?.length ?? count;
    for (const [i, metric] of this.owners.entries()) {
      const values = found[i] ?? new Float32Array();
      this.known.get(metric)?.push(new Float32Array(values.subarray(0, (values.length / size) * count)));
    }
  }

  score(examples: number): Score {
    const known = new Map(
      [...this.known].map(([metric, values]): [MetricPiece | undefined, Float32Array] => [
        metric,
        joinedArrays(Float32Array, values),
      ]),
    );
    const measured = this.metrics.map((metric): [string, number] => {
      const values = known.get(ownerOf(metric, this.owners)) ?? new Float32Array();
      return [metric.name, metric.of === undefined ? meanOf(values) : metric.of(values, examples, this.task)];
    });
    const own = measured.filter(([name]) => isOwnMetric(name));
    const { loss = Number.NaN, ...quality } = Object.fromEntries(measured.filter(([name]) => !isOwnMetric(name)));
    return { ...quality, loss, examples, ...(own.length === 0 ? {} : { own: Object.fromEntries(own) }) };
  }
}
