import { describe, expect, it } from 'vitest';
import { frontTable } from '../../../cli/view/front-table.js';
import { modelCard } from '../../../core/report/model-card.js';
import { pageData } from '../../../core/report/report-data.js';
import type { ResultRow, SweepResult } from '../../../core/sweep/result.js';
import { SAMPLE_MODEL, sampleResult } from './sample-result.js';

/** The sample sweep with two folds of each model, one point above and one below what it has. */
function foldedResult(): SweepResult {
  const sample = sampleResult();
  const rows = sample.rows.map((row): ResultRow => {
    if (row.status === 'failed') return row;
    const { validation } = row.observation;
    const folds = [0.01, -0.01].map((change) => ({ ...validation, accuracy: (validation.accuracy ?? 0) + change }));
    return { ...row, observation: { ...row.observation, folds } };
  });
  return { ...sample, rows };
}

const factsOf = (result: SweepResult, id: string): string =>
  JSON.stringify(pageData(result).rows.find((row) => row.id === id)?.facts);

describe('the report of cross-validation', () => {
  const result = foldedResult();
  // Of two numbers the standard deviation is their distance over √2: 2 / √2 points.

  it('given its page, then each model has the scores of all folds, and how they spread', () => {
    for (const id of ['dense', 'c011'])
      expect(factsOf(result, id)).toMatch(
        /"Cross-validation","mean of 2 folds: \d\d\.\d+\s%, \d\d\.\d+\s%; standard deviation 1\.41\s%"/,
      );
    expect(factsOf(sampleResult(), 'c011')).not.toContain('Cross-validation');
  });

  it('given its front in a terminal, then the accuracy has its spread', () => {
    expect(frontTable(result)).toMatch(/\d\d\.\d\d % ±1\.41/);
    expect(frontTable(sampleResult())).not.toContain('±');
  });

  it('given the card of a model, then it says whose the model and whose the scores are', () => {
    expect(modelCard(result, 'c011', SAMPLE_MODEL)).toContain(
      'which the search saw: the mean over the 2 folds of a cross-validation, of which this is the first one’s model',
    );
    expect(modelCard(sampleResult(), 'c011', SAMPLE_MODEL)).not.toContain('cross-validation');
  });
});
