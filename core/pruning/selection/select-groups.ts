import { roundHalfEven } from '../../round-half-even.js';
import type { LayerRule } from '../../sweep/spec.js';
import type { ComparedLayer } from '../scopes/scope.js';
import { GONE } from './gone.js';
import { keptAtoms } from './kept-atoms.js';
import { leastAtoms, type RuleOfLayer, rulesOfLayers } from './layer-rules.js';
import { unreachable } from './reachable.js';
import { type KeptAtoms, mostOf, type Target } from './target.js';

/**
 * Of each group of a layer the same number of atoms, the highest scores: whatever the scope, N:M compares within groups alone. Targets of
 * weights and units have round(sparsity · groupSize) zeros a group; others the fewest that meet the target.
 * @returns 0/1 for each atom of each layer
 * @throws PrunefrontError `PRUNEFRONT_SPARSITY_UNREACHABLE`, `PRUNEFRONT_SPEC_VALUE`
 */
export function selectGroups(
  layers: readonly ComparedLayer[],
  target: Target,
  rules: readonly LayerRule[],
): Uint8Array[] {
  const ruled = rulesOfLayers(layers, rules);
  const zerosAt = (sparsity: number): number[] =>
    layers.map(({ groupSize = 1 }, i) => zerosPerGroup(groupSize, sparsity, ruled[i] ?? {}));
  const { costs } = target;
  const zeros =
    costs === undefined
      ? zerosAt(target.sparsity)
      : fewestZeros(layers, zerosAt, (kept) => costs.of(kept) <= mostOf(target, costs));
  if (zeros === null) throw unreachable(layers, target, rules);
  return layers.map(({ scores, groupSize = 1 }, i) => keepInGroups(scores, groupSize, zeros[i] ?? 0));
}

/** Of each group all but `zeros`, the lowest of it; what is gone stays so. Of equal scores the first in memory stay. */
export function keepInGroups(scores: Float32Array, groupSize: number, zeros: number): Uint8Array {
  const keep = new Uint8Array(scores.length).map((_, atom) => (scores[atom] === GONE ? 0 : 1));
  for (let from = 0; from < scores.length; from += groupSize) {
    const group = scores.slice(from, from + groupSize);
    // The last group is one of zeros behind its end, which are the first to go.
    for (let zero = groupSize - group.length; zero < zeros; zero++) {
      const lowest = lastLowest(group);
      keep[from + lowest] = 0;
      group[lowest] = Number.POSITIVE_INFINITY;
    }
  }
  return keep;
}

/** Zeros that each group of a layer has at a sparsity; one atom of it stays in any case. */
function zerosPerGroup(groupSize: number, sparsity: number, rule: RuleOfLayer): number {
  if (rule.exclude === true) return 0;
  const zeros = roundHalfEven(Math.fround(Math.fround(rule.sparsity ?? sparsity) * groupSize));
  return Math.min(zeros, groupSize - leastAtoms(groupSize, rule));
}

/** The fewest zeros with which what is kept fits, or null where none is enough. */
function fewestZeros(
  layers: readonly ComparedLayer[],
  zerosAt: (sparsity: number) => number[],
  fits: (kept: readonly KeptAtoms[]) => boolean,
): number[] | null {
  const steps = Math.max(1, ...layers.map(({ groupSize = 1 }) => groupSize));
  const keeps = layers.map(({ scores }) => keptAtoms(scores));
  for (let step = 0; step <= steps; step++) {
    const zeros = zerosAt(step / steps);
    const kept = layers.map(({ scores, groupSize = 1 }, i) => scores.length * (1 - (zeros[i] ?? 0) / groupSize));
    if (fits(kept.flatMap((count, i) => keeps[i]?.(count) ?? []))) return zeros;
  }
  return null;
}

function lastLowest(group: Float32Array): number {
  let lowest = 0;
  group.forEach((score, i) => {
    if (score <= (group[lowest] ?? 0)) lowest = i;
  });
  return lowest;
}
