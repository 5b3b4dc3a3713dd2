import type { ComparedLayer } from '../scopes/scope.js';
import { countLeft } from './gone.js';
import { heldAtoms } from './held-atoms.js';
import { leastAtoms, type RuleOfLayer } from './layer-rules.js';

/** How many atoms a layer has left, and how many it keeps. */
export interface Floor {
  readonly left: number;
  /** Atoms that stay while other layers have some to give. */
  readonly soft: number;
  /** Atoms that stay in any case; at most `soft`. */
  readonly hard: number;
  /** Atoms that would stay in any case if no rule said so. */
  readonly least: number;
  /** Which of those that stay in any case do so whatever their scores are. */
  readonly held: readonly number[];
}

/** Part of a layer that stays while others have some to give, so that the network stays connected. */
const SOFT = 0.005;

/** The floors of a layer: what its rule says, and one atom in any case; of coupled layers one of each. */
export function floorOf(layer: ComparedLayer, rule: RuleOfLayer): Floor {
  const { scores, baselineAtoms } = layer;
  const left = countLeft(scores);
  const held = heldAtoms(layer, rule);
  const hard = Math.max(leastAtoms(baselineAtoms, rule), held.length);
  return {
    ...{ left, held },
    hard: Math.min(left, hard),
    soft: Math.min(left, Math.max(hard, Math.ceil(baselineAtoms * SOFT))),
    least: Math.min(left, Math.max(1, heldAtoms(layer, {}).length)),
  };
}
