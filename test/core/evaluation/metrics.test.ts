import { describe, expect, it } from 'vitest';
import { metricsJudge } from '../../../core/evaluation/judges/metrics-judge.js';
import { posingOf } from '../../../core/evaluation/judges/posing.js';
import { METRICS, type MetricPiece, type ScoredTask, scoredMetrics } from '../../../core/evaluation/metrics/index.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';
import { isOwnMetric } from '../../../core/sweep/spec.js';
import { isErrorMetric, isQualityMetric, TASK_METRICS, type TaskName } from '../../../core/sweep/task.js';
import { createLoss } from '../../../core/training/objectives/losses/index.js';

const tf = loadTensorFlow();
const TASKS = Object.keys(TASK_METRICS) as TaskName[];
const SQUARED: ScoredTask = { loss: createLoss('meanSquaredError'), range: 4 };

/** A metric as a plugin has it. */
function own(name: string, parts: Pick<MetricPiece, 'examples' | 'of'>): MetricPiece {
  return { name, summary: 'A test.', source: 'a test', settings: {}, tasks: ['regression'], ...parts };
}

/** The score of a batch of which only the first two examples count. */
function scoreOfTwo(metrics: readonly MetricPiece[], outputs: readonly number[]) {
  const judge = metricsJudge(posingOf(undefined), metrics, SQUARED);
  const tally = judge.tally();
  tf.tidy(() => {
    const given = tf.tensor2d([...outputs], [outputs.length, 1]);
    const found = judge.examples(tf, given, tf.zerosLike(given)).map((each) => each.dataSync());
    tally.add(found, 2);
  });
  return tally.score(2);
}

describe('the registry of metrics', () => {
  it.each(TASKS)('given a %s, then it has the metrics of the task in their order, and the loss', (task) => {
    const having = METRICS.all().filter(({ name, tasks }) => tasks.includes(task) && !isOwnMetric(name));
    expect(having.map(({ name }) => name)).toEqual([...TASK_METRICS[task], 'loss']);
    expect(scoredMetrics(task, []).map(({ name }) => name)).toEqual(['loss', ...TASK_METRICS[task]]);
  });

  it('given further metrics that a spec asks for, then a score has them last, and no other one', () => {
    const further = METRICS.all().filter(({ name }) => isOwnMetric(name));
    expect(further.map(({ name, tasks }) => [name, ...tasks])).toEqual([
      ['top2', 'classification'],
      ['top3', 'classification'],
      ['top10', 'classification'],
    ]);
    const names = scoredMetrics('classification', ['top10', 'top2']).map(({ name }) => name);
    expect(names).toEqual(['loss', ...TASK_METRICS.classification, 'top10', 'top2']);
  });

  it('given a built-in metric, then less of it is better where it is an error or the loss', () => {
    for (const { name, better } of METRICS.all()) {
      const isError = name === 'loss' || (isQualityMetric(name) && isErrorMetric(name));
      expect([name, better]).toEqual([name, isError ? 'less' : 'more']);
    }
  });

  it('given a name that nobody has registered, then it is refused', () => {
    expect(() => scoredMetrics('regression', ['nobody'])).toThrow('There is no such metric');
  });
});

describe('a judge of metrics', () => {
  it('given two metrics with the same function, then it is computed once, and each makes its number of it', () => {
    let computed = 0;
    const examples: MetricPiece['examples'] = (_, outputs) => {
      computed += 1;
      return outputs;
    };
    const largest = own('largest', { examples, of: (values) => Math.max(...values) });
    const score = scoreOfTwo([METRICS.get('loss'), largest, own('mean', { examples })], [1, 3, 50]);
    expect(computed).toBe(1);
    expect(score).toEqual({ loss: 5, examples: 2, own: { largest: 3, mean: 2 } });
  });

  it('given several values of an example, then those of the examples that count are there, and their number', () => {
    const seen: unknown[] = [];
    const wide = own('wide', {
      examples: (_, outputs) => outputs.concat(outputs.neg(), 1),
      of(values, examples) {
        seen.push([...values], examples);
        return values.length / examples;
      },
    });
    expect(scoreOfTwo([METRICS.get('loss'), wide], [1, 3, 50]).own).toEqual({ wide: 2 });
    expect(seen).toEqual([[1, -1, 3, -3], 2]);
  });

  it('given a metric that asks for them, then it gets the loss of the task and the range of the inputs', () => {
    const scaled = own('scaled', {
      examples: (_, outputs, targets, { loss }) => loss.perExample(tf, outputs, targets),
      of: (values, _, { range }) => values.reduce((sum, value) => sum + value, 0) / range,
    });
    expect(scoreOfTwo([METRICS.get('loss'), scaled], [1, 3, 50]).own).toEqual({ scaled: 2.5 });
  });
});
