import { describe, expect, it } from 'vitest';
import { sweepIdOf } from '../../../core/spec/sweep-id.js';
import { parse, refusal, SHORT } from './parse.js';

const withSplit = (written: string): string => `${SHORT}split: ${written}\n`;

describe('the split of a spec', () => {
  it.each([
    ['{}', { validation: 0.1, test: 0.2, seed: 1 }],
    ['{ validation: 0.3, seed: 7 }', { validation: 0.3, test: 0.2, seed: 7 }],
    ['{ folds: 5 }', { folds: 5, test: 0.2, seed: 1 }],
    ['{ folds: 2, test: 0.4, seed: 7 }', { folds: 2, test: 0.4, seed: 7 }],
  ])('given %s, then its defaults are filled in', async (written, split) => {
    expect((await parse(withSplit(written))).split).toEqual(split);
  });

  it('given none, or its defaults, then it is the same sweep; given folds, then it is another', async () => {
    const idWith = async (text: string) => sweepIdOf(await parse(text));
    expect(await idWith(withSplit('{ validation: 0.1 }'))).toBe(await idWith(SHORT));
    expect(await idWith(withSplit('{ folds: 5 }'))).not.toBe(await idWith(SHORT));
  });

  it.each([
    ['one fold', '{ folds: 1 }', 'RANGE', 'sweep.yaml:10:17 split.folds', '1'],
    ['too many folds', '{ folds: 21 }', 'RANGE', 'sweep.yaml:10:17 split.folds', '21'],
    ['half a fold', '{ folds: 2.5 }', 'RANGE', 'sweep.yaml:10:17 split.folds', '2.5'],
    ['folds as a word', '{ folds: five }', 'TYPE', 'sweep.yaml:10:17 split.folds', 'five'],
    ['validation beside folds', '{ validation: 0.1, folds: 5 }', 'CONFLICT', 'sweep.yaml:10:34 split.folds', '5'],
    ['all examples for the test', '{ folds: 5, test: 1 }', 'RANGE', 'sweep.yaml:10:26 split.test', '1'],
  ])('given %s, then it is refused with its place', async (_, written, code, place, found) => {
    expect(await refusal(withSplit(written))).toMatchObject({ code: `PRUNEFRONT_SPEC_${code}`, place, found });
  });

  it('given validation beside folds, then both are named', async () => {
    const { message, allowed } = await refusal(withSplit('{ validation: 0.1, folds: 5 }'));
    expect([message, allowed]).toEqual(['Folds take the place of the validation split', 'validation or folds']);
  });
});
