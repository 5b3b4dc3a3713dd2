import type { PruningGroup } from '../models/groups.js';
import type { Heirs } from './merge-units.js';

/**
 * Who takes over from the units that go: of the classes that stay one whose units are alike in every layer of the group, of several the one with
 * the highest score. Classes that are alike to none that stays are in no pair.
 * @param keep - 0/1 for each class
 * @param alike - by layer: for each of its units the one that stands for it, as `Criterion.alike` tells it
 */
export function heirsOf(
  { members, classes }: PruningGroup,
  keep: Uint8Array,
  scores: Float32Array,
  alike: ReadonlyMap<string, ArrayLike<number>>,
): Heirs {
  const units = members.map((member) => unitsOf(member.classes, classes));
  const kinds = Array.from({ length: classes }, (_, id) =>
    members.map(({ layer }, i) => units[i]?.[id]?.map((unit) => alike.get(layer)?.[unit] ?? unit).join()).join(';'),
  );
  const heirs = new Map<string, number>();
  kinds.forEach((kind, id) => {
    const best = heirs.get(kind);
    if (keep[id] === 1 && (best === undefined || (scores[id] ?? 0) > (scores[best] ?? 0))) heirs.set(kind, id);
  });
  const pairs = members.map(({ layer }, i) => {
    const own = kinds.flatMap((kind, id) => {
      const stays = units[i]?.[heirs.get(kind) ?? -1];
      if (keep[id] === 1 || stays === undefined) return [];
      return (units[i]?.[id] ?? []).flatMap((unit, k): [number, number][] => {
        const heir = stays[k];
        return heir === undefined ? [] : [[unit, heir]];
      });
    });
    return [layer, new Map(own)] as const;
  });
  return Object.fromEntries(pairs.filter(([, own]) => own.size > 0));
}

/** The units of each class. */
function unitsOf(classes: readonly (number | null)[], count: number): number[][] {
  const units = Array.from({ length: count }, (): number[] => []);
  classes.forEach((id, unit) => {
    if (id !== null) units[id]?.push(unit);
  });
  return units;
}
