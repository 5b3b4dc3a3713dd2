/** A way from all atoms that are left to as few as may stay: each step leaves no layer more than the one before. */
export interface RemovalPath {
  /** The last step; 0 is where nothing more is removed. */
  readonly steps: number;
  /** Atoms that each layer keeps after a step. */
  kept(step: number): number[];
  /** Layers, by their place, that a floor kept from losing more up to a step. */
  floored(step: number): number[];
}

/**
 * The least removal that fits: what is kept there, and the step that it lies on or just before; null where nothing fits. Where a step removes
 * several atoms at once, they go one by one, those of the last layers first. Looks at O(log atoms) of the possible removals.
 */
export function firstStep(
  path: RemovalPath,
  fits: (kept: readonly number[]) => boolean,
): { readonly step: number; readonly kept: readonly number[] } | null {
  const step = firstFit(path, fits);
  if (step === null) return null;
  if (step === 0) return { step, kept: path.kept(0) };
  const single = between(path.kept(step - 1), path.kept(step));
  return { step, kept: single.kept(firstFit(single, fits) ?? single.steps) };
}

type Steps = Pick<RemovalPath, 'steps' | 'kept'>;

/** The first step whose kept atoms fit, or null where not even the last one's do. */
function firstFit({ steps, kept }: Steps, fits: (kept: readonly number[]) => boolean): number | null {
  if (!fits(kept(steps))) return null;
  let [unfit, fit] = [-1, steps];
  while (fit - unfit > 1) {
    const middle = Math.floor((unfit + fit) / 2);
    if (fits(kept(middle))) fit = middle;
    else unfit = middle;
  }
  return fit;
}

/** Atom by atom from what one step keeps to what the next one does; the last layers' first, as of equal scores the first stay. */
function between(from: readonly number[], to: readonly number[]): Steps {
  const lost = from.map((kept, i) => kept - (to[i] ?? 0));
  return {
    steps: lost.reduce((sum, own) => sum + own, 0),
    kept(step) {
      const kept = [...from];
      let left = step;
      for (let i = kept.length - 1; i >= 0; i--) {
        const now = Math.min(lost[i] ?? 0, left);
        kept[i] = (kept[i] ?? 0) - now;
        left -= now;
      }
      return kept;
    },
  };
}
