import { describe, expect, it } from 'vitest';
import { EarlyStop } from '../../../core/training/early-stop.js';
import { type ModelState, UNPRUNED } from '../../../core/training/stage-state.js';

const stateOf = (epoch: number): ModelState => ({
  topology: { name: 'none', nodes: [], inputs: [], outputs: [] } as unknown as ModelState['topology'],
  weights: [{ name: 'w', shape: [1], values: Float32Array.of(epoch) }],
  masks: new Map(),
  ...UNPRUNED,
});

/** Judges losses until the training is over; the epochs that ran, the best of them, and what was kept. */
function run(losses: readonly number[], patience: number, minDelta = 0): [ran: number, best: number, kept: number] {
  const stop = new EarlyStop({ patience, minDelta }, null);
  let ran = 0;
  for (const loss of losses) {
    ran += 1;
    const epoch = ran;
    stop.judge(epoch, loss, () => stateOf(epoch));
    if (stop.isOver) break;
  }
  return [ran, stop.best?.epoch ?? 0, stop.best?.state.weights[0]?.values[0] ?? 0];
}

describe('a training that may end early', () => {
  it.each([
    ['that gets better and better', [3, 2, 1], 1, 0, [3, 3, 3]],
    ['that gets worse', [1, 2, 3, 4], 2, 0, [3, 1, 1]],
    ['that gets better again in time', [2, 3, 1, 4, 5, 0], 2, 0, [5, 3, 3]],
    ['that stays as it is', [1, 1, 1, 1], 2, 0, [3, 1, 1]],
    ['that gets better by too little', [1, 0.95, 0.9, 0.85], 2, 0.1, [3, 1, 1]],
    ['that gets better by enough in the end', [1, 0.95, 0.89, 0.9], 2, 0.1, [4, 3, 3]],
    ['whose loss is not finite', [Number.NaN, Number.POSITIVE_INFINITY, 5, 6], 3, 0, [4, 3, 3]],
    ['whose loss is never finite', [Number.NaN, Number.NaN, Number.NaN], 2, 0, [3, 1, 1]],
  ])(
    'given one %s, then it ends after its patience and keeps the best epoch',
    (_, losses, patience, delta, expected) => {
      expect(run(losses, patience, delta)).toEqual(expected);
    },
  );

  it('given the best epoch of before, then it goes on from there', () => {
    const { weights, masks } = stateOf(2);
    const stop = new EarlyStop(
      { patience: 2, minDelta: 0 },
      { epoch: 2, loss: 1, since: 1, state: { weights, masks } },
    );
    expect(stop.isOver).toBe(false);
    stop.judge(4, 1.5, () => stateOf(4));
    expect([stop.isOver, stop.best?.epoch]).toEqual([true, 2]);
  });
});
