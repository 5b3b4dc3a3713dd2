import { PrunefrontError } from '../../errors.js';
import { ascendingOrder } from '../float-order.js';
import { GONE } from '../selection/gone.js';
import type { ComparedLayer, Scope } from './scope.js';

/** Accuracy per sparsity of a layer that decides between layers whose measured losses are equal, so that they share alike. */
const TIE = 1e-4;

/** Layers give what costs the least accuracy, by a scan of each layer alone. */
export const sensitivity: Scope = {
  name: 'sensitivity',
  summary: 'Layers give up as much as costs each the same accuracy, by a scan of each layer alone.',
  source: 'Li et al. 2017, Han et al. 2015',
  settings: {},
  needsSensitivity: true,
  rank: (layers) => layers.map(sensitivityRank),
};

/** The loss of accuracy that its layer was measured to have once this atom and all lower ones are gone. */
function sensitivityRank(compared: ComparedLayer): Float32Array {
  const { layer, scores, baselineAtoms, sensitivity: scan } = compared;
  if (scan === undefined || scan.length === 0) {
    throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'A layer comes without its sensitivity scan', { place: layer });
  }
  const dropAt = envelope(scan);
  const ranks = new Float32Array(scores.length);
  const before = baselineAtoms - scores.length;
  ascendingOrder(scores).forEach((atom, i) => {
    ranks[atom] = scores[atom] === GONE ? GONE : dropAt((before + i + 1) / baselineAtoms);
  });
  return ranks;
}

/**
 * The loss at any sparsity: linear between measured points, from none at 0, beyond the last as steep as before it. A loss that a sparser
 * point did not show does not count less there: measured noise must not order atoms against their scores.
 */
export function envelope(scan: NonNullable<ComparedLayer['sensitivity']>): (sparsity: number) => number {
  const points = [{ sparsity: 0, drop: 0 }];
  for (const { sparsity, drop } of [...scan].sort((a, b) => a.sparsity - b.sparsity)) {
    const last = points.at(-1) ?? { sparsity: 0, drop: 0 };
    if (sparsity > last.sparsity) points.push({ sparsity, drop: Math.max(last.drop, drop) });
    else last.drop = Math.max(last.drop, drop);
  }
  return (sparsity) => {
    const found = points.findIndex((point) => point.sparsity >= sparsity);
    const end = Math.max(1, found < 0 ? points.length - 1 : found);
    const [from, to] = [points[end - 1], points[end]];
    if (from === undefined || to === undefined) return TIE * sparsity;
    const slope = (to.drop - from.drop) / (to.sparsity - from.sparsity);
    return from.drop + slope * (sparsity - from.sparsity) + TIE * sparsity;
  };
}
