import type { ComparedLayer } from '../scopes/scope.js';
import { GONE } from './gone.js';
import { leastAtoms, type RuleOfLayer } from './layer-rules.js';

/**
 * Atoms that stay so that each of coupled layers keeps its floor, where these do not all have all atoms of their group: the best of the
 * layers with the fewest atoms first, which count for those that have them too.
 */
export function heldAtoms(
  { scores, members = [] }: Pick<ComparedLayer, 'scores' | 'members'>,
  rule: RuleOfLayer,
): number[] {
  const held = new Set<number>();
  const scoreOf = (atom: number): number => scores[atom] ?? GONE;
  for (const atoms of [...members].sort((a, b) => a.length - b.length)) {
    const left = atoms.filter((atom) => scoreOf(atom) !== GONE);
    const others = left.filter((atom) => !held.has(atom)).sort((a, b) => scoreOf(b) - scoreOf(a) || a - b);
    const missing = leastAtoms(atoms.length, rule) - (left.length - others.length);
    for (const atom of others.slice(0, Math.max(0, missing))) held.add(atom);
  }
  return [...held];
}
