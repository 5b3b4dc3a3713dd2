import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EagerOnly } from '../../../../core/training/compiled/eager-only.js';
import type { Program } from '../../../../core/training/compiled/program/program.js';
import { ProgramCache } from '../../../../core/training/engines/program-cache.js';

/** Programs of given sizes, and the names of those that were disposed. */
function fakePrograms(): { readonly disposed: string[]; of(name: string, bytes: number): () => Program } {
  const disposed: string[] = [];
  return {
    disposed,
    of: (name, bytes) => () => ({ bytes, residentBytes: 0, dispose: () => disposed.push(name) }) as unknown as Program,
  };
}

const refuse = (): Program => {
  throw new Error('it is compiled again');
};

describe('a cache of programs', () => {
  it('given a program that is there, then it is not compiled again', () => {
    const { of } = fakePrograms();
    const cache = new ProgramCache();
    const first = cache.get('a', of('a', 10));
    expect(cache.get('a', refuse)).toBe(first);
    expect(cache.peek('a')).toBe(first);
    expect(cache.peek('b')).toBeUndefined();
    expect([cache.size, cache.bytes]).toEqual([1, 10]);
  });

  it('given more bytes than it may keep, then the program used longest ago goes first', () => {
    const { of, disposed } = fakePrograms();
    const cache = new ProgramCache({ bytes: 100 });
    for (const name of ['a', 'b', 'c']) cache.get(name, of(name, 30));
    cache.get('a', refuse);
    cache.get('d', of('d', 40));
    expect(disposed).toEqual(['b']);
    cache.get('e', of('e', 40));
    expect(disposed).toEqual(['b', 'c', 'a']);
    expect(['a', 'b', 'c', 'd', 'e'].filter((name) => cache.peek(name) !== undefined)).toEqual(['d', 'e']);
    expect(cache.bytes).toBe(80);
  });

  it('given a program that is bigger than all it may keep, then it stays alone, until the next one comes', () => {
    const { of, disposed } = fakePrograms();
    const cache = new ProgramCache({ bytes: 100 });
    cache.get('a', of('a', 10));
    cache.get('big', of('big', 500));
    expect(disposed).toEqual(['a']);
    expect(cache.size).toBe(1);
    cache.get('b', of('b', 10));
    expect(disposed).toEqual(['a', 'big']);
  });

  it('given a reason to run eagerly, then it is remembered and not counted as a program; given another error, it is not', () => {
    const cache = new ProgramCache();
    const eager = cache.get('a', () => {
      throw new EagerOnly('it reads back');
    });
    expect(eager).toEqual({ eagerBecause: 'it reads back' });
    expect(cache.get('a', refuse)).toBe(eager);
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
    expect(() => cache.get('b', refuse)).toThrow('it is compiled again');
    expect(cache.peek('b')).toBeUndefined();
  });

  it('given that it is disposed, then every program is, once', () => {
    const { of, disposed } = fakePrograms();
    const cache = new ProgramCache();
    for (const name of ['a', 'b']) cache.get(name, of(name, 30));
    cache.dispose();
    cache.dispose();
    expect(disposed).toEqual(['a', 'b']);
    expect(cache.size).toBe(0);
  });

  it('given any sequence of uses, then it keeps the last ones that fit, and always the one in use', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 7 })),
        fc.array(fc.nat(60), { minLength: 8, maxLength: 8 }),
        (uses, sizes) => {
          const { of, disposed } = fakePrograms();
          const cache = new ProgramCache({ bytes: 100 });
          // What is kept, the one used last at the end.
          let kept: number[] = [];
          const bytes = (): number => kept.reduce((sum, n) => sum + (sizes[n] ?? 0), 0);
          const gone: string[] = [];
          for (const n of uses) {
            cache.get(String(n), of(String(n), sizes[n] ?? 0));
            kept = [...kept.filter((each) => each !== n), n];
            while (kept.length > 1 && bytes() > 100) gone.push(String(kept.shift()));
            expect(disposed).toEqual(gone);
            expect([cache.size, cache.bytes]).toEqual([kept.length, bytes()]);
          }
        },
      ),
    );
  });
});
