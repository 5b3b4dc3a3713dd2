import type { ComparedLayer } from '../scopes/scope.js';
import { countLeft } from './gone.js';
import type { RuleOfLayer } from './layer-rules.js';

/** How many atoms a layer has left, and how many it keeps. */
export interface Floor {
  readonly left: number;
  /** Atoms that stay while other layers have some to give. */
  readonly soft: number;
  /** Atoms that stay in any case; at most `soft`. */
  readonly hard: number;
}

/** Part of a layer that stays while others have some to give, so that the network stays connected. */
const SOFT = 0.005;

/** The floors of a layer: what its rule says, and one atom in any case. */
export function floorOf({ scores, baselineAtoms }: ComparedLayer, rule: RuleOfLayer): Floor {
  const left = countLeft(scores);
  const hard = leastAtoms(baselineAtoms, rule);
  return {
    left,
    hard: Math.min(left, hard),
    soft: Math.min(left, Math.max(hard, Math.ceil(baselineAtoms * SOFT))),
  };
}

/** The fewest atoms that a layer keeps in any case. */
export function leastAtoms(atoms: number, { floor = 0 }: RuleOfLayer): number {
  // 7 % of 100 is 7.000000000000001.
  return Math.min(atoms, Math.max(1, Math.ceil(atoms * floor - 1e-9)));
}
