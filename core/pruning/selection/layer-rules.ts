import { PrunefrontError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import type { LayerRule } from '../../sweep/spec.js';
import type { ComparedLayer } from '../scopes/scope.js';

type NamedLayer = Pick<ComparedLayer, 'layer' | 'coupled'>;

function namesOf({ layer, coupled }: NamedLayer): readonly string[] {
  return coupled ?? [layer];
}

/** What holds for one layer. */
export type RuleOfLayer = Omit<LayerRule, 'pattern'>;

/** The fewest atoms that a layer keeps in any case. */
export function leastAtoms(atoms: number, { floor = 0 }: RuleOfLayer): number {
  // 7 % of 100 is 7.000000000000001.
  return Math.min(atoms, Math.max(1, Math.ceil(atoms * floor - 1e-9)));
}

/** Rules without their floors. */
export function withoutFloors(rules: readonly LayerRule[]): LayerRule[] {
  return rules.map(({ floor: _, ...rule }) => rule);
}

/** Whether a layer takes part in what a scope compares. */
export function isCompared({ exclude, sparsity }: RuleOfLayer): boolean {
  return exclude !== true && sparsity === undefined;
}

/**
 * What the rules say of each layer; where several match, what a later one says holds.
 * @throws PrunefrontError `PRUNEFRONT_SPEC_VALUE` for a pattern that no layer matches
 */
export function rulesOfLayers(layers: readonly NamedLayer[], rules: readonly LayerRule[]): RuleOfLayer[] {
  const names = layers.flatMap(namesOf);
  for (const { pattern } of rules) if (!names.some((name) => matches(pattern, name))) throw unmatched(pattern, names);
  return layers.map((layer) => ruleOf(namesOf(layer), rules));
}

/** What the rules say of a layer, or of coupled ones: what holds for one of them holds for all. */
export function ruleOf(layer: string | readonly string[], rules: readonly LayerRule[]): RuleOfLayer {
  const names = typeof layer === 'string' ? [layer] : layer;
  const own = rules
    .filter(({ pattern }) => names.some((name) => matches(pattern, name)))
    .map(({ pattern: _, ...rule }) => rule);
  return Object.assign({}, ...own) as RuleOfLayer;
}

/**
 * Rules on the way to a sparsity: layers with one of their own are as far on their way as all of them together.
 * @param part - sparsity of now over that of the end, 0 to 1
 */
export function rulesOnTheWay(rules: readonly LayerRule[], part: number): LayerRule[] {
  return rules.map((rule) => (rule.sparsity === undefined ? rule : { ...rule, sparsity: rule.sparsity * part }));
}

function matches(pattern: string, layer: string): boolean {
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(layer);
}

function unmatched(pattern: string, layers: readonly string[]): PrunefrontError {
  const near = nearest(pattern, layers);
  return new PrunefrontError('PRUNEFRONT_SPEC_VALUE', 'No layer that is pruned matches this pattern', {
    found: pattern,
    allowed: layers.join(', '),
    ...(near === null ? {} : { hint: `did you mean ${near}?` }),
  });
}
