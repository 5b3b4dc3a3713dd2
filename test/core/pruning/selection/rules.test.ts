import { describe, expect, it } from 'vitest';
import { SCOPES } from '../../../../core/pruning/scopes/index.js';
import { rulesOnTheWay, selectAtoms } from '../../../../core/pruning/selection/index.js';
import type { LayerRule } from '../../../../core/sweep/spec.js';
import { chained, counts, firstOnes, layerOf } from './layers.js';

const rising = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const all = [layerOf('conv_1', rising(20)), layerOf('conv_2', rising(40)), layerOf('dense', rising(40))];

function kept(scope: string, sparsity: number, rules: LayerRule[]): number[] {
  return counts(selectAtoms(all, SCOPES.get(scope), {}, { sparsity, count: 'weights' }, rules).keep);
}

describe('rules of layers', () => {
  it('given an excluded layer, then it keeps all and the others alone meet the sparsity', () => {
    expect(kept('layer', 0.5, [{ pattern: 'dense', exclude: true }])).toEqual([10, 20, 40]);
    expect(kept('global', 0.5, [{ pattern: 'conv*', exclude: true }])).toEqual([20, 40, 20]);
    expect(kept('erk', 0.5, [{ pattern: 'conv_?', exclude: true }])).toEqual([20, 40, 20]);
  });

  it('given a sparsity of its own, then a layer has exactly that, whatever the others do', () => {
    expect(kept('global', 0.5, [{ pattern: 'dense', sparsity: 0.9 }]).at(-1)).toBe(4);
    expect(kept('layer', 0.5, [{ pattern: '*', sparsity: 0.25 }])).toEqual([15, 30, 30]);
  });

  it('given a rule for one of several coupled layers, then it holds for all of them', () => {
    const coupled = [
      { ...layerOf('conv_1', rising(20)), coupled: ['conv_1', 'shortcut'] },
      layerOf('dense', rising(40)),
    ];
    const rules = [{ pattern: 'short*', exclude: true }];
    const { keep } = selectAtoms(coupled, SCOPES.get('global'), {}, { sparsity: 0.5, count: 'weights' }, rules);
    expect(counts(keep)).toEqual([20, 20]);
  });

  it('given several rules for a layer, then what the last one says holds', () => {
    const rules = [
      { pattern: '*', sparsity: 0.5 },
      { pattern: 'conv_*', sparsity: 0.75 },
      { pattern: 'conv_2', exclude: true },
    ];
    expect(kept('layer', 0.9, rules)).toEqual([5, 40, 20]);
  });

  it('given a floor, then the layer keeps that part, others give more, and it is told where the floor was hit', () => {
    const rules = [{ pattern: 'conv_1', floor: 0.5 }];
    const target = { sparsity: 0.8, count: 'weights' } as const;
    const { keep, floorHit } = selectAtoms(all, SCOPES.get('global'), {}, target, rules);
    expect(counts(keep)).toEqual([10, 5, 5]);
    expect([...floorHit]).toEqual(['conv_1']);
    const each = selectAtoms(all, SCOPES.get('layer'), {}, target, rules);
    expect(counts(each.keep)).toEqual([10, 8, 8]);
    expect([...each.floorHit]).toEqual(['conv_1']);
  });

  it('given costs of the whole model, then what an excluded layer keeps is made up for by the others', () => {
    const costs = chained(all, 0);
    const target = { sparsity: 0.5, count: 'macs', costs } as const;
    const { keep } = selectAtoms(all, SCOPES.get('layer'), {}, target, [{ pattern: 'dense', exclude: true }]);
    expect(counts(keep)[2]).toBe(40);
    expect(costs.of(firstOnes(counts(keep)))).toBeLessThanOrEqual(costs.baseline / 2);
  });

  it('given a pattern that no layer matches, then it is refused with the nearest name', () => {
    expect(() => kept('layer', 0.5, [{ pattern: 'desne', exclude: true }])).toThrow(
      expect.objectContaining({
        code: 'PRUNEFRONT_SPEC_VALUE',
        facts: { found: 'desne', allowed: 'conv_1, conv_2, dense', hint: 'did you mean dense?' },
      }),
    );
    expect(() => kept('layer', 0.5, [{ pattern: 'conv.1', exclude: true }])).toThrow('matches');
  });

  it('given half the way to the end, then layers with a sparsity of their own are half there', () => {
    const rules = [
      { pattern: 'a', sparsity: 0.8, floor: 0.1 },
      { pattern: 'b', exclude: true },
    ];
    expect(rulesOnTheWay(rules, 0.5)).toEqual([{ pattern: 'a', sparsity: 0.4, floor: 0.1 }, rules[1]]);
  });
});
