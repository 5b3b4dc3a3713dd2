import { describe, expect, it } from 'vitest';
import { suggestCandidates } from '../../../core/search/candidates.js';
import { baselineStage } from '../../../core/search/stages.js';
import type { SweepSpec } from '../../../core/sweep/spec.js';
import type { SearchPoint } from '../../../core/sweep/stage.js';
import { paperSpec } from '../../support/paper-sweeps.js';

const SPARSITIES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
const whole = paperSpec('whole', SPARSITIES);
const part: SweepSpec = { ...whole, budget: { candidates: 3, wallClockMs: null } };

function point(sparsity: number): SearchPoint {
  const [method] = whole.space.method;
  const [recovery] = whole.space.recovery;
  if (method === undefined || recovery === undefined) throw new Error('the space is empty');
  return { method, sparsity, schedule: 'oneShot', recovery };
}

/** What a sweep proposes, asked for in parts: numbers and sparsities. */
function proposed(spec: SweepSpec, startFrom: readonly SearchPoint[], total = SPARSITIES.length): [string, number][] {
  const baseline = baselineStage(spec, 'data', { zoo: 'mnistMlp' });
  const all: [string, number][] = [];
  while (all.length < total) {
    const next = suggestCandidates(spec, baseline, all.length, Math.min(2, total - all.length), startFrom);
    if (next.length === 0) break;
    all.push(...next.map(({ id, sparsity }): [string, number] => [id, sparsity]));
  }
  return all;
}

describe.each([
  ['a grid', whole],
  ['a random search', { ...whole, search: { algorithm: 'random', seed: 3 } } satisfies SweepSpec],
])('%s that starts from a front', (_, spec) => {
  it('tries its points first and in its order, then all others, each once and under its own number', () => {
    const plain = proposed(spec, []);
    const started = proposed(spec, [point(0.5), point(0.2)]);
    expect(started.slice(0, 2).map(([, sparsity]) => sparsity)).toEqual([0.5, 0.2]);
    expect(new Map(started)).toEqual(new Map(plain));
    expect(started.slice(2)).toEqual(plain.filter(([, sparsity]) => sparsity !== 0.5 && sparsity !== 0.2));
  });

  it('takes no notice of points that its space does not have', () => {
    expect(proposed(spec, [point(0.55)])).toEqual(proposed(spec, []));
  });
});

describe('a budget smaller than the space', () => {
  it('is spent on the front first, and every point has the number that it has without', () => {
    const numbers = new Map(proposed(part, []).map(([id, sparsity]) => [sparsity, id]));
    const front = proposed(part, []).slice(-2);
    const started = proposed(
      part,
      front.map(([, sparsity]) => point(sparsity)),
      3,
    );
    expect(started.slice(0, 2)).toEqual(front);
    for (const [id, sparsity] of started) expect(numbers.get(sparsity)).toBe(id);
    expect(new Set(started.map(([id]) => id)).size).toBe(3);
  });
});
