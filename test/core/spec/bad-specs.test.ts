import { describe, expect, it } from 'vitest';
import { BAD_COMBINATIONS } from './bad-combinations.js';
import { BAD_KEYS } from './bad-keys.js';
import { BAD_METHODS } from './bad-methods.js';
import { BAD_TRAINING } from './bad-training.js';
import { BAD_VALUES } from './bad-values.js';
import { change, refusal, SHORT } from './parse.js';

describe('a bad spec', () => {
  it.each([...BAD_KEYS, ...BAD_VALUES, ...BAD_COMBINATIONS, ...BAD_METHODS, ...BAD_TRAINING])(
    'given %s, then it is refused with its place',
    async (_, text, expected) => {
      const error = await refusal(text);
      const { place, ...facts } = expected;
      expect(error).toMatchObject(facts);
      if (typeof place === 'string') expect(error.place).toBe(place);
      else if (place !== undefined) expect(error.place).toMatch(place);
      expect(error.message).not.toMatch(/undefined|\[object|and \d+ more/);
    },
  );

  it('given several problems, then the first is told and the others are named', async () => {
    const text = change('epochs: 2', 'epochs: -2', change('0.8', '1.5')).replace('name: short\n', '');
    const error = await refusal(`${text}selct: knee\n`);
    expect(error.message).toMatch(/ \(and 3 more: [^)]+\)$/);
    for (const path of ['baseline.epochs', 'space.sparsity', 'selct', 'name'])
      expect(`${error.message} ${error.place}`).toContain(path);
  });

  it('given several problems with hints, then each of the others is told with its own', async () => {
    const text = change('criterion:', 'criteria:', change('oneShot', 'oneShoot')).replace('dataset:', 'datset:');
    const error = await refusal(text);
    const told = `${error.message} ${error.place}: ${error.hint}`;
    expect(error.message).toMatch(/ \(and 2 more: [^;]+: did you mean \w+\?; [^;]+: did you mean \w+\?\)$/);
    for (const [path, meant] of [
      ['datset', 'dataset'],
      ['space.method.criteria', 'criterion'],
      ['space.schedule', 'oneShot'],
    ])
      expect(told).toContain(`${path}: did you mean ${meant}?`);
  });

  it('given pieces that no registry has, then plugins are told of, unless a near one may be meant', async () => {
    const plugin = 'pieces of a plugin are known with --plugin FILE';
    for (const text of [
      change('mnistCnn', 'somethingElse'),
      change('criterion: magnitude', 'criterion: somethingElse'),
      change('criterion: magnitude', 'criterion: { somethingElse: { power: 2 } }'),
      change('oneShot', 'somethingElse'),
      change('dataset: mnist', 'dataset: { somethingElse: { file: a } }'),
      `${SHORT}objectives: [{ maximize: somethingElse }]\n`,
    ])
      expect((await refusal(text)).hint).toBe(plugin);
    expect((await refusal(change('mnistCnn', 'mnistCn'))).hint).toBe('did you mean mnistCnn?');
    expect((await refusal(change('optimizer: adam', 'optimizer: somethingElse'))).hint).toBeUndefined();
  });

  it('given a bomb of aliases, then it is refused and not expanded', async () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh']) {
      bomb.push(`${to}: &${to} [${Array.from({ length: 10 }, () => `*${from}`).join(', ')}]`);
    }
    expect((await refusal(bomb.join('\n'))).code).toBe('PRUNEFRONT_SPEC_SYNTAX');
  });

  it('given a problem behind an alias, then its place is where the alias stands', async () => {
    const text = change(
      '{ epochs: 1, learningRate: 0.0005 }',
      '[&r { epochs: 1, learningRate: 0.1 }, { epochs: *e, learningRate: 0.2 }]',
    );
    const error = await refusal(text.replace('name: short', 'name: &e short'));
    expect(error).toMatchObject({
      code: 'PRUNEFRONT_SPEC_TYPE',
      place: 'sweep.yaml:9:61 space.recovery[1].epochs',
      found: '*e',
    });
  });
});
