import { PrunefrontError } from '../../errors.js';
import type { LayerRule } from '../../sweep/spec.js';
import { keptCount } from '../kept-count.js';
import type { ComparedLayer, Scope } from '../scopes/scope.js';
import { heldAtoms } from './held-atoms.js';
import { keptAtoms, weightsOf } from './kept-atoms.js';
import { isCompared, leastAtoms, type RuleOfLayer, rulesOfLayers, withoutFloors } from './layer-rules.js';
import { type KeptAtoms, mostOf, type Target } from './target.js';

/** What of a layer is known before anything is scored. */
export type UnscoredLayer = Pick<
  ComparedLayer,
  'layer' | 'coupled' | 'members' | 'sizes' | 'baselineAtoms' | 'groupSize'
> &
  Partial<Pick<ComparedLayer, 'scores'>>;

/** The least that can be left of a model. */
export interface Least {
  /** The highest sparsity that can be reached, in the target's count. */
  readonly sparsity: number;
  /** Atoms of each layer that are left there. */
  readonly kept: readonly number[];
  /** What they count, and what all of the baseline's do. */
  readonly cost: number;
  readonly baseline: number;
}

/**
 * The least that a target's count can be brought down to, by the scores or, without them, by any. Weights and units are counted over the layers that the scope
 * compares, without excluded ones and those with a sparsity of their own; all else over the whole model.
 * @param layers - as the baseline has them
 * @throws PrunefrontError `PRUNEFRONT_SPEC_VALUE` for a rule whose pattern no layer matches
 */
export function leastReachable(
  layers: readonly UnscoredLayer[],
  target: Pick<Target, 'count' | 'costs'>,
  rules: readonly LayerRule[],
): Least {
  const ruled = rulesOfLayers(layers, rules);
  const kept = layers.map((layer, i) => leastOf(layer, ruled[i] ?? {}));
  const atomsOf = (counts: readonly number[]): KeptAtoms[] =>
    layers.map((layer, i) => longestStaying(layer, ruled[i] ?? {}, counts[i] ?? 0));
  const counted = (counts: readonly number[]): number =>
    atomsOf(counts).reduce((sum, own, i) => {
      const [layer, rule = {}] = [layers[i], ruled[i]];
      if (layer === undefined || !isCompared(rule)) return sum;
      return sum + (target.count === 'weights' ? weightsOf(layer.sizes)(own) : own.count);
    }, 0);
  const cost = target.costs?.of(atomsOf(kept)) ?? counted(kept);
  const baseline = target.costs?.baseline ?? counted(layers.map(({ baselineAtoms }) => baselineAtoms));
  return { kept, cost, baseline, sparsity: baseline === 0 ? 0 : 1 - cost / baseline };
}

/**
 * Refuses targets that no scores could meet, before anything is trained. That each layer keeps an atom fails no target of weights or
 * units, as tfmot has it, where that atom is a single weight or a unit: a block is as much as it has weights. No floor fails one where each
 * layer meets it by itself.
 * @param counted - what all the targets count
 * @returns throws PrunefrontError `PRUNEFRONT_SPARSITY_UNREACHABLE` with the highest sparsity that can be reached
 * @throws PrunefrontError `PRUNEFRONT_SPEC_VALUE` for a rule whose pattern no layer matches
 */
export function reachCheck(
  layers: readonly UnscoredLayer[],
  scope: Pick<Scope, 'perLayer'>,
  counted: Pick<Target, 'count' | 'costs'>,
  rules: readonly LayerRule[],
): (target: Target) => void {
  const unfloored = withoutFloors(rules);
  const isEachAlone = scope.perLayer === true || layers.some(({ groupSize }) => groupSize !== undefined);
  const held = isEachAlone && counted.costs === undefined ? unfloored : rules;
  const { cost, baseline } = leastReachable(layers, counted, held);
  const leastAtoms = leastReachable(layers, { count: 'units' }, unfloored).cost;
  return (target) => {
    const { sparsity, costs } = target;
    const most = costs === undefined ? Math.max(keptCount(baseline, sparsity), leastAtoms) : mostOf(target, costs);
    if (cost > most) throw unreachable(layers, target, held);
  };
}

/** The refusal of a target, with what keeps the most. */
export function unreachable(
  layers: readonly UnscoredLayer[],
  target: Target,
  rules: readonly LayerRule[],
): PrunefrontError {
  const { sparsity, kept } = leastReachable(layers, target, rules);
  const whole = layers.filter(({ baselineAtoms }, i) => kept[i] === baselineAtoms).map(({ layer }) => layer);
  const held = layers
    .map(({ layer, baselineAtoms }, i) => ({ layer, part: (kept[i] ?? 0) / baselineAtoms }))
    .sort((a, b) => b.part - a.part)[0];
  return new PrunefrontError(
    'PRUNEFRONT_SPARSITY_UNREACHABLE',
    `No pruning can reach this sparsity of ${target.count}`,
    {
      place: 'sparsity',
      found: String(target.sparsity),
      // Rounded down, so that what is told to be allowed is.
      allowed: `at most ${Math.max(0, Math.floor(sparsity * 1e4) / 1e4)}`,
      hint:
        whole.length > 0
          ? `${whole.join(', ')} ${whole.length === 1 ? 'stays' : 'stay'} whole`
          : `${held?.layer ?? 'no layer'} keeps the most of itself`,
    },
  );
}

/** The fewest atoms that can be left of a layer. */
function leastOf(layer: UnscoredLayer, rule: RuleOfLayer): number {
  const { baselineAtoms, groupSize, members, scores } = layer;
  if (rule.exclude === true) return baselineAtoms;
  const unit = groupSize ?? baselineAtoms;
  const held = members === undefined ? 0 : heldAtoms({ members, scores: scoresOf(layer) }, rule).length;
  const least = Math.max(leastAtoms(unit, rule), held);
  // Without scores nobody knows which of coupled layers that do not all have all atoms would keep the rest.
  const isOpen = members !== undefined && scores === undefined;
  const own = rule.sparsity === undefined || isOpen ? least : Math.max(least, keptCount(unit, rule.sparsity));
  return (own * baselineAtoms) / unit;
}

/** The atoms that stay where so many do. */
function longestStaying(layer: UnscoredLayer, rule: RuleOfLayer, count: number): KeptAtoms {
  const { members } = layer;
  const atoms = (): Uint32Array => {
    const scores = scoresOf(layer);
    return keptAtoms(scores, members === undefined ? [] : heldAtoms({ members, scores }, rule))(count).atoms();
  };
  return { count, atoms };
}

/** The scores of a layer, or such that its smallest atoms stay. */
function scoresOf({ scores, sizes }: UnscoredLayer): Float32Array {
  return scores ?? Float32Array.from(sizes, (size) => -size);
}
