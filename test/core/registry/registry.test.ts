import { describe, expect, it } from 'vitest';
import {
  describeChoice,
  nameOf,
  numberOf,
  numberOrNull,
  type Piece,
  Registry,
  settingsOf,
  textOf,
  withoutDefaults,
} from '../../../core/registry/index.js';
import { errorOf } from '../../support/errors.js';

const piece = (name: string): Piece => ({ name, summary: 'A test.', source: 'a test', settings: {} });

describe('a registry', () => {
  it('given pieces, then it has them by name in their order, and knows which are of a plugin', () => {
    const registry = new Registry('test piece', [piece('first'), piece('second')]);
    registry.register(piece('third'), 'hash');
    expect(registry.names()).toEqual(['first', 'second', 'third']);
    expect(registry.all().map(({ name }) => name)).toEqual(registry.names());
    expect(registry.get('second').name).toBe('second');
    expect(registry.names().map((name) => registry.originOf(name))).toEqual([null, null, 'hash']);
  });

  it('given a name that is taken, then it is refused', async () => {
    const registry = new Registry('test piece', [piece('first')]);
    const error = await errorOf('PRUNEFRONT_PLUGIN', () => registry.register(piece('first'), 'hash'));
    expect(error.facts).toMatchObject({ place: 'test piece', found: 'first' });
    expect(registry.originOf('first')).toBeNull();
  });

  it('given a name that nothing has, then the nearest one is told', async () => {
    const registry = new Registry('test piece', [piece('first'), piece('second')]);
    const error = await errorOf('PRUNEFRONT_UNKNOWN_PIECE', () => registry.get('frist'));
    expect(error.message).toBe('There is no such test piece');
    expect(error.facts).toEqual({ found: 'frist', allowed: 'first, second', hint: 'did you mean first?' });
  });
});

describe('a choice', () => {
  it('given a name alone, then it has no settings', () => {
    expect([nameOf('alone'), settingsOf('alone'), describeChoice('alone')]).toEqual(['alone', {}, 'alone']);
  });

  it('given settings, then it has those, and null ones are left to the piece', () => {
    const choice = { lp: { p: 3, bins: null } };
    expect(nameOf(choice)).toBe('lp');
    expect(numberOf(settingsOf(choice), 'p')).toBe(3);
    expect([numberOrNull(settingsOf(choice), 'bins'), numberOrNull(settingsOf(choice), 'other')]).toEqual([null, null]);
    expect(describeChoice(choice)).toBe('lp p=3');
  });

  it('given a choice that no spec filled in, then asking for a setting is a fault, not a number that is none', async () => {
    const facts = { place: 'p', found: 'undefined' };
    const asked = [() => numberOf(settingsOf('lp'), 'p'), () => textOf(settingsOf('lp'), 'p')];
    for (const ask of asked) expect((await errorOf('PRUNEFRONT_INTERNAL', ask)).facts).toMatchObject(facts);
  });

  it('given settings at their defaults, then those can be left out', () => {
    const number = { kind: 'number', description: 'A test.' } as const;
    const settings = { p: { ...number, default: 2 }, bins: { ...number, default: null, nullable: true } } as const;
    expect(withoutDefaults({ lp: { p: 2, bins: null } }, { settings })).toBe('lp');
    expect(withoutDefaults({ lp: { p: 3, bins: null } }, { settings })).toEqual({ lp: { p: 3 } });
    expect(withoutDefaults({ lp: { p: 2, bins: 5 } }, { settings })).toEqual({ lp: { bins: 5 } });
  });
});
