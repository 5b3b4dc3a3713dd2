import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blocksOf } from '../../../bench/evidence/page.js';
import { accuracyPlot, stretched } from '../../../bench/evidence/plots.js';
import type { Results } from '../../../bench/evidence/results.js';
import { MODELS, type StudiedModel } from '../../../bench/evidence/study.js';
import {
  accuracyTable,
  allowanceTable,
  answer,
  expectationTable,
  publishedTable,
} from '../../../bench/evidence/tables.js';
import { projectRoot } from '../../../tools/paths.mjs';
import { paperResults } from './paper-results.js';

const [MODEL] = MODELS;

/** Every method at every sparsity, worse the sparser. */
function everything(): Results {
  const accuracies = MODELS.flatMap((model) => [
    [`${model.zoo} dense 0`, [0.96, 0.965, 0.97]] as const,
    ...model.methods.flatMap(({ id }, i) =>
      model.sparsities.map((sparsity) => {
        const middle = 0.97 - (sparsity * (1 + i)) / 20;
        return [`${model.zoo} ${id} ${sparsity}`, [middle - 0.005, middle, middle + 0.005]] as const;
      }),
    ),
  ]);
  return paperResults(Object.fromEntries(accuracies));
}

/** The rows of a table, by cells. */
const rowsOf = (text: string): string[][] =>
  text.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe('a table of accuracies', () => {
  it('has mean and deviation of the seeds, and tells what is unreachable from what diverged', () => {
    const model: StudiedModel | undefined = MODEL && { ...MODEL, sparsities: [0.5, 0.98, 0.99] };
    const results = paperResults({ 'lenet300100 global 0.5': [0.89, 0.9, 0.91] }, [], {
      'lenet300100 global 0.98': ['diverged'],
      'lenet300100 global 0.99': ['unreachable'],
    });
    const [head, , first] = rowsOf(model === undefined ? '' : accuracyTable(results, model, 'weights'));
    expect(head).toEqual(['', '50 %', '98 %', '99 %']);
    expect(first).toEqual(['magnitude, global', '90.0 ±1.0', 'diverged', 'unreachable']);
  });
});

describe('an answer', () => {
  const expectation = (...differences: number[]) =>
    MODEL === undefined
      ? []
      : [
          {
            ...{ model: MODEL, what: 'a over b' },
            comparisons: differences.map((difference) => ({
              ...{ sparsity: 0.95, difference, holds: difference > 0, isUnanimous: difference > 0 },
            })),
          },
        ];

  it('is yes, no, or counts', () => {
    expect(answer(expectation(0.1, 0.2))).toBe('yes, in all 2 cases');
    expect(answer(expectation(-0.1))).toBe('no, in none of 1 cases');
    expect(answer(expectation(0.1, -0.1))).toBe('in 1 of 2 cases');
    expect(answer([])).toBe('it did not come to it');
  });

  it('lists where it holds and where it does not, in points', () => {
    const [, , row] = rowsOf(expectationTable(expectation(0.012, -0.005)));
    expect(row).toEqual(['LeNet-300-100', 'a over b', '95 % +1.20', '95 % ~−0.50']);
  });
});

describe('the page', () => {
  it('has a block between marks for everything that is computed', () => {
    const page = readFileSync(join(projectRoot(), 'docs', 'evidence.md'), 'utf8');
    for (const [name, content] of Object.entries(blocksOf(everything()))) {
      expect(page).toContain(`<!-- evidence-${name}:begin -->`);
      expect(page).toContain(`<!-- evidence-${name}:end -->`);
      expect(content).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('tells whether LeNet-300-100 keeps its accuracy', () => {
    const results = paperResults({
      'lenet300100 dense 0': [0.96],
      'lenet300100 iterative 0.92': [0.956],
      'lenet300100 iterative 0.95': [0.94],
    });
    const verdicts = rowsOf(allowanceTable(results))
      .slice(2)
      .map((row) => [row[1], row[2], row.at(-1)]);
    expect(verdicts).toEqual([
      ['92 %', '12.3×', 'yes'],
      ['95 %', '12.3×', 'no'],
    ]);
  });

  it('shows ours beside what is published, by the change from dense', () => {
    const results = paperResults({ 'lenet300100 dense 0': [0.96], 'lenet300100 snip 0.98': [0.95] });
    const row = rowsOf(publishedTable(results)).find((cells) => cells[1] === 'LeNet-300-100' && cells[2] === '98 %');
    expect(row?.slice(3)).toEqual(['1.7 → 2.4', '+0.70', '98 %', '4.00 → 5.00', '+1.00']);
  });
});

describe('a plot', () => {
  it('labels each line of both panels at its end', () => {
    const svg = MODEL === undefined ? '' : accuracyPlot(everything(), MODEL);
    expect(svg).toMatch(/^<svg /);
    for (const { title } of MODEL?.methods ?? []) expect(svg).toContain(`>${title}</text>`);
  });

  it('puts halved errors at the same distance everywhere', () => {
    expect(stretched(0.95) - stretched(0.9)).toBeCloseTo(stretched(0.5) - stretched(0));
    expect(Number.isFinite(stretched(1))).toBe(true);
  });
});
