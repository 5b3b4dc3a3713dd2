import { describe, expect, it } from 'vitest';
import { frontTable } from '../../../cli/view/front-table.js';
import { formatComparison, formatQuantity } from '../../../core/report/assets/format.js';
import { reportMetrics } from '../../../core/report/metrics.js';
import { modelCard } from '../../../core/report/model-card.js';
import { observationLines } from '../../../core/report/observation-lines.js';
import { renderReport } from '../../../core/report/render-report.js';
import { pageData } from '../../../core/report/report-data.js';
import { eventSentence } from '../../../core/sweep/event-sentence.js';
import { type Score, summarize } from '../../../core/sweep/observation.js';
import type { ResultRow, SweepResult } from '../../../core/sweep/result.js';
import { mainScore, type Task } from '../../../core/sweep/task.js';
import { SAMPLE_MODEL, sampleResult } from './sample-result.js';

const QUALITIES = {
  regression: (accuracy: number) => ({ r2: accuracy - 0.05, mae: 1 - accuracy }),
  reconstruction: (accuracy: number) => ({ psnr: 20 * accuracy, mse: 0.01 / accuracy }),
} as const;

/** The sample sweep as one of another task. */
function resultOf(name: keyof typeof QUALITIES): SweepResult {
  const sample = sampleResult();
  const scored = (score: Score): Score => {
    const { loss, examples } = score;
    return { loss, examples, ...QUALITIES[name](mainScore(score)) };
  };
  const rows = sample.rows.map((row): ResultRow => {
    if (row.status === 'failed') return row;
    const { accuracyChange: _, observation, ...rest } = row;
    const { validation, test, afterPruning, curve } = observation;
    const own = {
      ...observation,
      validation: scored(validation),
      test: test === null ? null : scored(test),
      afterPruning: afterPruning === null ? null : scored(afterPruning),
      curve: curve.map(({ validationAccuracy, ...point }) => ({
        ...point,
        validationAccuracy: null,
        ...(validationAccuracy === null ? {} : { validationScore: validationAccuracy }),
      })),
    };
    return { ...rest, violations: [], observation: own, scoreChange: -0.012, curves: {} };
  });
  const task: Task =
    name === 'regression'
      ? { regression: { loss: 'meanSquaredError' } }
      : { reconstruction: { noise: 0.3, loss: 'meanSquaredError' } };
  const main = name === 'regression' ? 'r2' : 'psnr';
  const objectives = [{ maximize: main }, { minimize: 'bytesGzip' }] as const;
  return { ...sample, spec: { ...sample.spec, task, objectives, constraints: [] }, rows };
}

describe.each([
  { name: 'regression', main: 'R²', metric: 'r2', error: 'mae', card: 'A regression model', shown: /9\d\.\d\d\s%/ },
  { name: 'reconstruction', main: 'PSNR', metric: 'psnr', error: 'mse', card: 'A model that', shown: /\d\d\.\d\d\sdB/ },
] as const)('the report of a $name', ({ name, main, metric, error, card, shown }) => {
  const result = resultOf(name);

  it('given its page, then it shows the metrics of its task and no accuracy', () => {
    const page = renderReport(result, { style: '', charts: '', script: '' });
    expect(page).toContain(`<dt>${main}, validation</dt>`);
    expect(page).toContain(`<h4>Validation ${main} and sparsity</h4>`);
    expect(page).toMatch(shown);
    expect(page.replaceAll(result.selection.reason, '')).not.toMatch(/accuracy/i);
    const { metrics, axes, progress, rows } = pageData(result);
    expect(metrics.slice(0, 4).map((each) => each.name)).toEqual([
      ...[metric, 'scoreChange', 'testScore', 'afterPruningScore'],
    ]);
    expect(axes).toEqual({ x: 'bytesGzip', y: metric });
    expect(progress.label).toBe(`Validation ${main}`);
    expect(rows[0]?.values).toMatchObject({ scoreChange: -0.012, [error]: expect.any(Number) });
    expect(rows[0]?.curve.some(([, , , , score]) => score !== null)).toBe(true);
  });

  it('given its front in a terminal, then it has the main metric, its change and the error', () => {
    const table = frontTable(result);
    expect(table).toContain(`${main} val`);
    expect(table).toContain(`${error} val`);
    expect(table).toMatch(shown);
    expect(table).not.toMatch(/accuracy|NaN|undefined/);
  });

  it('given the card of a model, then it says what it is and what it gives', () => {
    const text = modelCard(result, 'c011', SAMPLE_MODEL);
    expect(text).toContain(`${card}`);
    expect(text).toContain(`| ${main}, validation |`);
    expect(text).not.toMatch(/accuracy|probability|undefined/i);
  });

  it('given its lines, then each has the change of the score', () => {
    const [dense = '{}'] = observationLines(result).split('\n');
    expect(JSON.parse(dense)).toMatchObject({ accuracyChange: null, scoreChange: -0.012 });
  });

  it('given an event, then its sentence tells the main metric', () => {
    const [row] = result.rows;
    if (row?.status !== 'ok') throw new Error('no dense model');
    const point = { id: 'dense', label: 'dense', stageKey: 'k', summary: summarize(row.observation) };
    const sentence = eventSentence({ kind: 'baselineMeasured', point, sequence: 1, atMs: 0 });
    expect(sentence).toMatch(new RegExp(`reaches an? ${main} of \\d`));
  });
});

describe('numbers of tasks', () => {
  it('given decibels, then differences are told and no factors', () => {
    expect(formatQuantity(21.234, 'decibels')).toBe('21.23\u202fdB');
    expect(formatQuantity(-0.5, 'decibelChange')).toBe('\u22120.50\u202fdB');
    expect(formatQuantity(0.001, 'decibelChange')).toBe('±0.00\u202fdB');
    expect(formatComparison(20, 21.5, 'decibels')).toBe('\u22121.50\u202fdB');
  });

  it('given each task, then no metric has two rows, and costs are the same', () => {
    const all = (['classification', 'regression', 'reconstruction'] as const).map(reportMetrics);
    for (const metrics of all) expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
    expect(all[1]?.slice(5)).toEqual(all[2]?.slice(5));
    expect(all[0]?.slice(6)).toEqual(all[2]?.slice(5));
  });
});
