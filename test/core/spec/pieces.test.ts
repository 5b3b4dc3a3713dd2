import { describe, expect, it } from 'vitest';
import { type Piece, Registry } from '../../../core/registry/index.js';
import { pieceChoice } from '../../../core/spec/pieces.js';

const PLAIN: Piece = { name: 'plain', summary: 'Nothing to set.', source: 'a test', settings: {} };
const SET: Piece = {
  name: 'set',
  summary: 'Something to set.',
  source: 'a test',
  settings: {
    power: { kind: 'number', description: 'A power.', default: 2, exclusive: 'minimum', minimum: 0, maximum: 3 },
    bins: { kind: 'number', description: 'A count.', default: null, nullable: true, integer: true, minimum: 1 },
    norm: { kind: 'choice', description: 'A norm.', default: 'l1', choices: ['l1', 'l2'] },
    signed: { kind: 'switch', description: 'A switch.', default: false },
  },
};
const FILLED = { power: 2, bins: null, norm: 'l1', signed: false };

describe('the choice of a piece', () => {
  const registry = new Registry('piece of this test', [PLAIN, SET]);
  const choice = pieceChoice(registry);

  it('given a piece without settings, then its name is all', () => {
    expect(choice.parse('plain')).toBe('plain');
  });

  it('given a piece with settings in any form, then one choice is one value', () => {
    for (const written of ['set', { set: {} }, { set: { power: 2 } }, { set: FILLED }])
      expect(choice.parse(written)).toEqual({ set: FILLED });
  });

  it('given settings, then they take the place of the defaults', () => {
    const told = { power: 0.5, bins: 4, norm: 'l2', signed: true };
    expect(choice.parse({ set: told })).toEqual({ set: told });
  });

  it.each([
    'other',
    { other: {} },
    { plain: {} },
    { set: { power: 0 } },
    { set: { power: 3.1 } },
    { set: { power: null } },
    { set: { bins: 1.5 } },
    { set: { norm: 'l3' } },
    { set: { signed: 1 } },
    { set: { strength: 1 } },
  ])('given %o, then it is refused', (written) => {
    expect(choice.safeParse(written).success).toBe(false);
  });

  it('given a piece that is registered before the first use, then it can be chosen', () => {
    const late = new Registry('late piece of this test', [PLAIN]);
    const chosen = pieceChoice(late);
    late.register(SET, 'hash');
    expect(chosen.parse('set')).toEqual({ set: FILLED });
  });
});
