import type { Settings } from '../../registry/index.js';
import type { LayerRule } from '../../sweep/spec.js';
import { keepLargest } from '../keep-largest.js';
import { layer as uniform } from '../scopes/layer.js';
import type { ComparedLayer, Scope } from '../scopes/scope.js';
import { densityPath } from './density-path.js';
import { type Floor, floorOf } from './floors.js';
import { keptAtoms } from './kept-atoms.js';
import { countedGoal, type Goal, type KeepingLayer } from './kept-cost.js';
import { isCompared, type RuleOfLayer, rulesOfLayers, withoutFloors } from './layer-rules.js';
import { rankedPath } from './ranked-path.js';
import { unreachable } from './reachable.js';
import { firstStep, type RemovalPath } from './removal-path.js';
import { selectGroups } from './select-groups.js';
import { type KeptAtoms, mostOf, type Target } from './target.js';

/** What stays. */
export interface Selection {
  /** 0/1 for each atom of each layer, in the order of the layers. */
  readonly keep: readonly Uint8Array[];
  /** Layers that keep more than their part because of a floor. */
  readonly floorHit: ReadonlySet<string>;
}

/**
 * Which atoms stay, so that the least is removed with which the target is met. Weights and units are counted as tfmot does, to exactly
 * max(round(size · (1 − s)), 1): those of each layer for the scope of layers, of all compared ones together for any other. Parameters, MACs
 * and bytes of the whole model are at most 1 − s of the baseline's, and one atom more would be too many.
 *
 * In a layer the highest scores stay, of equal ones the first in memory; of equal priorities the first layers'. Each layer keeps an atom,
 * of coupled ones each of its own, and 0.5 % of them while others have some to give. What is gone (−∞) stays gone, and what a higher sparsity keeps, a lower one
 * keeps too: sparsity only grows.
 * @param rules - on single layers: excluded ones keep all, those with a sparsity of their own are counted alone
 * @throws PrunefrontError `PRUNEFRONT_SPARSITY_UNREACHABLE` where floors and what stays whole are too much, `PRUNEFRONT_SPEC_VALUE` for a
 * rule whose pattern no layer matches
 */
export function selectAtoms(
  layers: readonly ComparedLayer[],
  scope: Scope,
  settings: Settings,
  target: Target,
  rules: readonly LayerRule[] = [],
): Selection {
  if (layers.some(({ groupSize }) => groupSize !== undefined)) {
    return { keep: selectGroups(layers, target, rules), floorHit: new Set() };
  }
  const names = layers.map(({ layer }) => layer);
  const ruled = rulesOfLayers(layers, rules);
  const parts = layers.map((layer, i): Part => {
    const rule = ruled[i] ?? {};
    const floor = floorOf(layer, rule);
    return { layer, rule, floor, keeps: keptAtoms(layer.scores, floor.held) };
  });
  if (scope.perLayer === true && target.costs === undefined && !canGiveEnough(parts, target))
    throw unreachable(layers, target, withoutFloors(rules));
  const settled = parts.map((part) => settledAlone(part, scope, settings, target));
  const compared = parts.filter((_, i) => settled[i] === null);
  const keptAlone = settled.map((outcome) => outcome?.kept ?? null);
  const inModel = (kept: readonly number[]): KeptAtoms[] =>
    filledIn(keptAlone, kept).flatMap((count, i) => parts[i]?.keeps(count) ?? []);
  const together = meetTogether(compared, scope, settings, target, inModel);
  if (together === null) throw unreachable(layers, target, rules);
  const outcomes = filledIn(settled, together);
  return {
    keep: parts.map((part, i) => keepOf(part, outcomes[i]?.kept ?? 0)),
    floorHit: new Set(names.filter((_, i) => outcomes[i]?.floored)),
  };
}

/** A layer with what holds for it. */
interface Part extends KeepingLayer {
  readonly rule: RuleOfLayer;
  readonly floor: Floor;
}

/** Atoms that a layer keeps, and whether more of them than its part because of a floor. */
interface Outcome {
  readonly kept: number;
  readonly floored: boolean;
}

/** 0/1 for each atom of a layer that keeps so many. */
function keepOf({ layer: { scores }, floor, keeps }: Part, count: number): Uint8Array {
  if (floor.held.length === 0) return keepLargest(scores, count);
  const keep = new Uint8Array(scores.length);
  for (const atom of keeps(count).atoms()) keep[atom] = 1;
  return keep;
}

/** What a layer keeps that is compared with no other one; null for the rest. */
function settledAlone(part: Part, scope: Scope, settings: Settings, target: Target): Outcome | null {
  const { rule, floor } = part;
  if (rule.exclude === true) return { kept: floor.left, floored: false };
  const counted = target.costs === undefined ? target.count : 'units';
  if (rule.sparsity !== undefined) return meetAlone(part, uniform, {}, { sparsity: rule.sparsity, count: counted });
  return scope.perLayer === true && target.costs === undefined ? meetAlone(part, scope, settings, target) : null;
}

/** Whether layers that meet a target each by itself could meet it together without floors. */
function canGiveEnough(parts: readonly Part[], target: Target): boolean {
  const own = parts.filter(({ rule }) => isCompared(rule));
  const least = own.map(({ floor }) => floor.least);
  const { of, atMost } = countedGoal(own, target, least);
  return of(least) <= atMost;
}

/** Brings one layer to a target of weights or units, as far as its floor lets it. */
function meetAlone(part: Part, scope: Scope, settings: Settings, target: Target): Outcome {
  const [outcome] = meet([part], scope, settings, countedGoal([part], target, [0])) ?? [];
  return outcome ?? { kept: part.floor.hard, floored: true };
}

/**
 * Brings the compared layers to the target, or tells by null that it cannot be met.
 * @param inModel - atoms that all layers keep where the compared ones keep so many
 */
function meetTogether(
  parts: readonly Part[],
  scope: Scope,
  settings: Settings,
  target: Target,
  inModel: (kept: readonly number[]) => KeptAtoms[],
): Outcome[] | null {
  const { costs } = target;
  if (costs !== undefined) {
    return meet(parts, scope, settings, { of: (kept) => costs.of(inModel(kept)), atMost: mostOf(target, costs) });
  }
  if (parts.length === 0) return [];
  const least = parts.map((part) => part.floor.least);
  return meet(parts, scope, settings, countedGoal(parts, target, least));
}

/** The least removal on a scope's way that meets a goal, or null where the whole way does not. */
function meet(parts: readonly Part[], scope: Scope, settings: Settings, goal: Goal): Outcome[] | null {
  const path = pathOf(parts, scope, settings);
  const found = firstStep(path, (kept) => goal.of(kept) <= goal.atMost);
  if (found === null) return null;
  const floored = new Set(path.floored(found.step));
  return found.kept.map((kept, i) => ({ kept, floored: floored.has(i) }));
}

function pathOf(parts: readonly Part[], scope: Scope, settings: Settings): RemovalPath {
  const layers = parts.map(({ layer }) => layer);
  const floors = parts.map(({ floor }) => floor);
  const { rank, densities } = scope;
  if (rank !== undefined) return rankedPath(rank(layers, settings), floors);
  const atoms = layers.map(({ baselineAtoms }) => baselineAtoms);
  return densityPath(atoms, (sparsity) => densities?.(layers, sparsity, settings) ?? [], floors);
}

/** What is known, and the rest in order where it is not. */
function filledIn<T extends number | Outcome>(known: readonly (T | null)[], rest: readonly T[]): T[] {
  const unknown = rest.values();
  return known.flatMap((one) => one ?? unknown.next().value ?? []);
}
