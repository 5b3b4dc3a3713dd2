import { describe, expect, it } from 'vitest';
import { atOnce, inTurns, type Steps } from '../../core/steps.js';

function* counted(taken: number[]): Steps<string> {
  for (let step = 1; step <= 3; step++) {
    taken.push(step);
    yield;
  }
  return 'done';
}

describe('steps', () => {
  it('given steps, when they are taken at once or in turns, then the result is the same', async () => {
    expect(atOnce(counted([]))).toBe('done');
    expect(await inTurns(counted([]), async () => undefined)).toBe('done');
  });

  it('given no time between ticks, then there is one after each step', async () => {
    const taken: number[] = [];
    const ticks: number[] = [];
    await inTurns(counted(taken), async () => void ticks.push(taken.length), 0);
    expect(ticks).toEqual([1, 2, 3]);
  });

  it('given steps that are done before a tick is due, then there is none', async () => {
    const ticks: number[] = [];
    await inTurns(counted([]), async () => void ticks.push(1), Number.POSITIVE_INFINITY);
    expect(ticks).toEqual([]);
  });

  it('given a tick that throws, then no further step is taken', async () => {
    const taken: number[] = [];
    const tick = (): Promise<void> => (taken.length < 2 ? Promise.resolve() : Promise.reject(new Error('taken back')));
    await expect(inTurns(counted(taken), tick, 0)).rejects.toThrow('taken back');
    expect(taken).toEqual([1, 2]);
  });
});
