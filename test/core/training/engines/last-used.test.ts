import { describe, expect, it } from 'vitest';
import { LastUsed } from '../../../../core/training/engines/last-used.js';

/** Keeps numbers, each as many bytes as it is. */
function cacheOf(limit: number): { readonly cache: LastUsed<number>; readonly dropped: number[] } {
  const dropped: number[] = [];
  return {
    cache: new LastUsed(
      limit,
      (bytes) => bytes,
      (bytes) => dropped.push(bytes),
    ),
    dropped,
  };
}

describe('things that are kept by their last use', () => {
  it('given more bytes than may be kept, then the oldest go until the rest fits', () => {
    const { cache, dropped } = cacheOf(10);
    for (const bytes of [4, 3, 2, 6]) cache.keep(`of ${bytes}`, bytes);
    expect([dropped, cache.bytes, cache.values]).toEqual([[4, 3], 8, [2, 6]]);
  });

  it('given one that was used again, then it stays longer than those that were not; looking alone does not count', () => {
    const { cache, dropped } = cacheOf(10);
    for (const bytes of [5, 4]) cache.keep(`of ${bytes}`, bytes);
    expect([cache.peek('of 4'), cache.use('of 5')]).toEqual([4, 5]);
    cache.keep('of 3', 3);
    expect(dropped).toEqual([4]);
  });

  it('given one that is bigger than all that may be kept, then it is kept alone, and goes with the next', () => {
    const { cache, dropped } = cacheOf(10);
    cache.keep('of 1', 1);
    cache.keep('of 99', 99);
    expect([dropped, cache.values]).toEqual([[1], [99]]);
    cache.keep('of 2', 2);
    expect([dropped, cache.values]).toEqual([[1, 99], [2]]);
  });

  it('given what is kept, when it is cleared, then all of it is dropped', () => {
    const { cache, dropped } = cacheOf(10);
    for (const bytes of [1, 2]) cache.keep(`of ${bytes}`, bytes);
    cache.clear();
    expect([dropped, cache.bytes, cache.peek('of 1')]).toEqual([[1, 2], 0, undefined]);
  });
});
