import { describe, expect, it } from 'vitest';
import {
  allOverRandom,
  collapsedLayers,
  globalOverLayer,
  iterativeOverOneShot,
  robustOverCollapsed,
} from '../../../bench/evidence/orderings.js';
import { deviation, mean } from '../../../bench/evidence/results.js';
import { MODELS } from '../../../bench/evidence/study.js';
import { paperResults } from './paper-results.js';

const LENET = MODELS.slice(0, 1);
const [MODEL] = MODELS;
const FLOORED = {
  ...{ layer: 'dense', parameters: 1000, nonzero: 5, units: 10, baselineUnits: 10, floorHit: true },
};

describe('an expectation', () => {
  it('holds where the mean over the seeds is above zero, and says whether every seed agrees', () => {
    const results = paperResults({
      'lenet300100 global 0.95': [0.9, 0.9, 0.9],
      'lenet300100 layer 0.95': [0.8, 0.8, 0.8],
      'lenet300100 global 0.98': [0.9, 0.7, 0.9],
      'lenet300100 layer 0.98': [0.8, 0.8, 0.8],
      'lenet300100 global 0.99': [0.5, 0.5, 0.5],
      'lenet300100 layer 0.99': [0.5, 0.5, 0.5],
    });
    const [found] = globalOverLayer(results, LENET);
    expect(found?.comparisons.map(({ sparsity, holds, isUnanimous }) => [sparsity, holds, isUnanimous])).toEqual([
      [0.95, true, true],
      [0.98, true, false],
      [0.99, false, true],
    ]);
    expect(found?.comparisons[0]?.difference).toBeCloseTo(0.1);
  });

  it('has nothing to say of a sparsity that one of both could not reach', () => {
    const results = paperResults({ 'lenet300100 global 0.95': [0.9, 0.9, 0.9] });
    expect(globalOverLayer(results, LENET)[0]?.comparisons).toEqual([]);
  });

  it('leaves out the first sparsity of rounds, which is one shot', () => {
    const results = paperResults({
      ...{ 'lenet300100 iterative 0.5': [0.9], 'lenet300100 global 0.5': [0.8] },
      ...{ 'lenet300100 iterative 0.8': [0.9], 'lenet300100 global 0.8': [0.8] },
    });
    const [found] = iterativeOverOneShot(results, LENET);
    expect(found?.comparisons.map(({ sparsity }) => sparsity)).toEqual([0.8]);
  });
});

describe('a collapse', () => {
  const accuracies = { 'lenet300100 global 0.99': [0.2], 'lenet300100 lamp 0.99': [0.8] };

  it('is a layer at its floor, and only there LAMP and SynFlow have to hold', () => {
    const collapsed = paperResults(accuracies, [FLOORED]);
    expect(MODEL === undefined ? [] : collapsedLayers(collapsed, MODEL, 'global', 0.99)).toEqual([
      { layer: 'dense', left: 0.005 },
    ]);
    expect(robustOverCollapsed(collapsed, LENET)[0]?.comparisons).toHaveLength(1);
    const whole = paperResults(accuracies, [{ ...FLOORED, floorHit: false }]);
    expect(robustOverCollapsed(whole, LENET)[0]?.comparisons).toEqual([]);
  });
});

describe('random pruning', () => {
  it('is held against the worst of the others, controls left out', () => {
    const results = paperResults({
      ...{ 'lenet300100 l1 0.8': [0.9], 'lenet300100 lsh 0.8': [0.7], 'lenet300100 scratch 0.8': [0.1] },
      'lenet300100 randomUnits 0.8': [0.75],
    });
    const [, units] = allOverRandom(results, LENET);
    expect(units?.comparisons.map(({ against, holds }) => [against, holds])).toEqual([['LSH', false]]);
  });
});

describe('mean and deviation', () => {
  it('are those of a sample', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(deviation([1, 2, 6])).toBeCloseTo(Math.sqrt(7));
    expect(deviation([4])).toBe(0);
  });
});
