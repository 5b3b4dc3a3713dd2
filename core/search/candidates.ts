import { canonicalJson } from '../store/canonical-json.js';
import type { SweepSpec } from '../sweep/spec.js';
import type { Candidate, SearchPoint, Stage } from '../sweep/stage.js';
import { candidateLabel } from './candidate-label.js';
import { stagesOf } from './folds.js';
import { samplerOf } from './samplers/index.js';

/** A point with its place in the sampler's order, from 1. */
interface NumberedPoint {
  readonly point: SearchPoint;
  readonly number: number;
}

/**
 * The next candidates of a sweep: what it proposes after `asked` others.
 * @param startFrom - points that are proposed before all others, as far as the space has them; every point keeps its number
 */
export function suggestCandidates(
  spec: SweepSpec,
  baseline: Stage,
  asked: number,
  count: number,
  startFrom: readonly SearchPoint[] = [],
): Candidate[] {
  const points =
    startFrom.length === 0 ? numbered(spec, asked, count) : reordered(spec, startFrom).slice(asked, asked + count);
  return points.map(({ point, number }) => candidateOf(spec, baseline, point, number));
}

function numbered(spec: SweepSpec, asked: number, count: number): NumberedPoint[] {
  return samplerOf(spec)
    .ask(spec, asked, count)
    .map((point, i) => ({ point, number: asked + i + 1 }));
}

function reordered(spec: SweepSpec, startFrom: readonly SearchPoint[]): NumberedPoint[] {
  const ranks = new Map(startFrom.map((point, rank) => [canonicalJson(point), rank]));
  const ranked = numbered(spec, 0, samplerOf(spec).size(spec)).map((each) => ({
    ...each,
    rank: ranks.get(canonicalJson(each.point)) ?? Number.POSITIVE_INFINITY,
  }));
  // Infinite ranks compare as equal, and sorting keeps the order of equals.
  return ranked.sort((a, b) => (a.rank === b.rank ? 0 : a.rank - b.rank));
}

function candidateOf(spec: SweepSpec, baseline: Stage, point: SearchPoint, number: number): Candidate {
  return {
    id: `c${String(number).padStart(3, '0')}`,
    label: candidateLabel(point, spec.space),
    ...point,
    stages: stagesOf(spec, baseline, point),
  };
}
