import { describe, expect, it } from 'vitest';
import type { ErrorData } from '../../../core/errors.js';
import { change, refusal, SHORT } from './parse.js';

interface Expected extends Omit<Partial<ErrorData>, 'place'> {
  readonly place?: string | RegExp;
}

type Case = readonly [what: string, text: string, error: Expected];

const schedule = (written: string): string => change('oneShot', written);
const sparsity = (written: string): string => change('0.8', written);

const CASES: readonly Case[] = [
  // Keys that do not exist.
  [
    'a misspelt key',
    change('dataset:', 'datset:'),
    {
      code: 'PRUNEFRONT_SPEC_UNKNOWN_KEY',
      place: 'sweep.yaml:3:1 datset',
      found: 'datset',
      hint: 'did you mean dataset?',
    },
  ],
  [
    'a misspelt key below',
    change('learningRate', 'learningrate'),
    {
      code: 'PRUNEFRONT_SPEC_UNKNOWN_KEY',
      place: 'sweep.yaml:9:26 space.recovery.learningrate',
      allowed: 'epochs, learningRate',
      hint: 'did you mean learningRate?',
    },
  ],
  [
    'a misspelt key of a range',
    sparsity('{ from: 0, to: 0.5, step: 3 }'),
    { code: 'PRUNEFRONT_SPEC_UNKNOWN_KEY', place: 'sweep.yaml:7:33 space.sparsity.step', hint: 'did you mean steps?' },
  ],
  [
    'a misspelt schedule',
    schedule('[oneShot, { polynomialDecya: {} }]'),
    {
      code: 'PRUNEFRONT_SPEC_UNKNOWN_KEY',
      place: 'sweep.yaml:8:25 space.schedule[1].polynomialDecya',
      allowed: 'constant, polynomialDecay, iterative',
      hint: 'did you mean polynomialDecay?',
    },
  ],
  [
    'a key of another schedule',
    schedule('{ constant: { power: 3 } }'),
    {
      code: 'PRUNEFRONT_SPEC_UNKNOWN_KEY',
      place: 'sweep.yaml:8:27 space.schedule.constant.power',
      allowed: 'beginStep, endStep, frequency',
    },
  ],
  [
    'a misspelt optimizer',
    change('optimizer: adam', 'optimizer: { adma: {} }'),
    {
      code: 'PRUNEFRONT_SPEC_UNKNOWN_KEY',
      place: 'sweep.yaml:4:37 baseline.optimizer.adma',
      hint: 'did you mean adam?',
    },
  ],
  [
    'a misspelt metric of a constraint',
    `${SHORT}constraints: [{ acuracyDrop: { atMost: 0.01 } }]`,
    {
      code: 'PRUNEFRONT_SPEC_UNKNOWN_KEY',
      place: 'sweep.yaml:10:17 constraints[0].acuracyDrop',
      hint: 'did you mean accuracyDrop?',
    },
  ],
  [
    'a key nothing like any',
    `${SHORT}zzzzzzzzzz: 1`,
    { code: 'PRUNEFRONT_SPEC_UNKNOWN_KEY', place: 'sweep.yaml:10:1 zzzzzzzzzz' },
  ],
  [
    '__proto__',
    `${SHORT}__proto__: { a: 1 }`,
    { code: 'PRUNEFRONT_SPEC_UNKNOWN_KEY', place: 'sweep.yaml:10:1 __proto__' },
  ],
  // Types and units.
  [
    'a text for a number',
    change('epochs: 2', 'epochs: two'),
    {
      code: 'PRUNEFRONT_SPEC_TYPE',
      place: 'sweep.yaml:4:21 baseline.epochs',
      found: 'two',
      allowed: 'an integer, at least 0',
    },
  ],
  [
    'a number in quotes',
    change('epochs: 2', 'epochs: "2"'),
    { code: 'PRUNEFRONT_SPEC_TYPE', found: '"2"', hint: 'write 2 without quotes' },
  ],
  [
    'a percentage',
    sparsity('[0.5, 80%]'),
    { code: 'PRUNEFRONT_SPEC_TYPE', place: 'sweep.yaml:7:19 space.sparsity[1]', found: '80%', hint: 'write 0.8' },
  ],
  [
    'a list for a map',
    change('{ zoo: mnistCnn }', '[mnistCnn]'),
    {
      code: 'PRUNEFRONT_SPEC_TYPE',
      place: 'sweep.yaml:2:8 model',
      found: '[mnistCnn]',
      allowed: '{ zoo }, or { file }',
    },
  ],
  [
    'a word for a map',
    change('{ epochs: 2, optimizer: adam }', 'adam'),
    { code: 'PRUNEFRONT_SPEC_TYPE', place: 'sweep.yaml:4:11 baseline' },
  ],
  [
    'an empty value',
    sparsity(''),
    { code: 'PRUNEFRONT_SPEC_TYPE', place: /^sweep.yaml:7:\d+ space.sparsity$/, found: 'nothing' },
  ],
  [
    'a wall clock without unit',
    `${SHORT}budget: { wallClock: 30 }`,
    { code: 'PRUNEFRONT_SPEC_TYPE', place: 'sweep.yaml:10:22 budget.wallClock', hint: 'write 30s, 30m or 30h' },
  ],
  [
    'a wall clock in days',
    `${SHORT}budget: { wallClock: 3d }`,
    { code: 'PRUNEFRONT_SPEC_TYPE', found: '3d', allowed: 'a duration with its unit: 90s, 30m, 2h' },
  ],
  ['nothing at all', '', { code: 'PRUNEFRONT_SPEC_TYPE', place: 'sweep.yaml:1:1', found: 'nothing' }],
  ['a text alone', 'hello', { code: 'PRUNEFRONT_SPEC_TYPE', place: 'sweep.yaml:1:1', found: 'hello' }],
  ['not a number', sparsity('.nan'), { code: 'PRUNEFRONT_SPEC_TYPE', found: '.nan' }],
  // Ranges.
  [
    'a sparsity of 1.2',
    sparsity('1.2'),
    { code: 'PRUNEFRONT_SPEC_RANGE', place: 'sweep.yaml:7:13 space.sparsity', found: '1.2' },
  ],
  [
    'a range up to 1.2',
    sparsity('{ from: 0.5, to: 1.2, steps: 3 }'),
    {
      code: 'PRUNEFRONT_SPEC_RANGE',
      place: 'sweep.yaml:7:30 space.sparsity.to',
      found: '1.2',
      allowed: 'a number, at least 0 and less than 1',
    },
  ],
  [
    'a sparsity of 1',
    sparsity('[0.5, 1]'),
    { code: 'PRUNEFRONT_SPEC_RANGE', place: 'sweep.yaml:7:19 space.sparsity[1]' },
  ],
  ['a negative sparsity', sparsity('-0.1'), { code: 'PRUNEFRONT_SPEC_RANGE', found: '-0.1' }],
  ['a sparsity in percent', sparsity('80'), { code: 'PRUNEFRONT_SPEC_RANGE', hint: 'for 80 % write 0.8' }],
  [
    'no sparsity',
    sparsity('[]'),
    {
      code: 'PRUNEFRONT_SPEC_RANGE',
      place: 'sweep.yaml:7:13 space.sparsity',
      found: '[]',
      allowed: 'a list of at least one',
    },
  ],
  ['infinite epochs', change('epochs: 2', 'epochs: .inf'), { code: 'PRUNEFRONT_SPEC_RANGE', found: '.inf' }],
  [
    'half an epoch',
    change('epochs: 2', 'epochs: 2.5'),
    { code: 'PRUNEFRONT_SPEC_RANGE', found: '2.5', allowed: 'an integer, at least 0' },
  ],
  [
    'a learning rate of 0',
    change('0.0005', '0'),
    { code: 'PRUNEFRONT_SPEC_RANGE', place: 'sweep.yaml:9:40 space.recovery.learningRate' },
  ],
  ['no time', `${SHORT}budget: { wallClock: 0s }`, { code: 'PRUNEFRONT_SPEC_RANGE', found: '0s' }],
  [
    'no candidates',
    `${SHORT}budget: { candidates: 0 }`,
    { code: 'PRUNEFRONT_SPEC_RANGE', place: 'sweep.yaml:10:23 budget.candidates' },
  ],
  [
    'no rounds',
    schedule('{ iterative: { rounds: 0 } }'),
    { code: 'PRUNEFRONT_SPEC_RANGE', place: 'sweep.yaml:8:36 space.schedule.iterative.rounds' },
  ],
  [
    'no validation',
    `${SHORT}split: { validation: 0 }`,
    { code: 'PRUNEFRONT_SPEC_RANGE', place: 'sweep.yaml:10:22 split.validation' },
  ],
  // Words.
  [
    'a misspelt model',
    change('mnistCnn', 'mnistCNNN'),
    {
      code: 'PRUNEFRONT_SPEC_VALUE',
      place: 'sweep.yaml:2:15 model.zoo',
      found: 'mnistCNNN',
      allowed: 'mnistCnn, mnistMlp, lenet300100, lenet5',
      hint: 'did you mean mnistCnn?',
    },
  ],
  [
    'a misspelt granularity',
    change('weight', 'wieght'),
    {
      code: 'PRUNEFRONT_SPEC_VALUE',
      place: 'sweep.yaml:6:26 space.method.granularity',
      allowed: 'weight, or filter, neuron, unit',
      hint: 'did you mean weight?',
    },
  ],
  [
    'a criterion of another granularity',
    change('magnitude', 'l1'),
    {
      code: 'PRUNEFRONT_SPEC_VALUE',
      place: 'sweep.yaml:6:45 space.method.criterion',
      found: 'l1',
      allowed: 'magnitude',
    },
  ],
  [
    'a misspelt word of a union',
    schedule('oneshot'),
    { code: 'PRUNEFRONT_SPEC_VALUE', place: 'sweep.yaml:8:13 space.schedule', hint: 'did you mean oneShot?' },
  ],
  [
    'a schedule without its settings',
    schedule('polynomialDecay'),
    { code: 'PRUNEFRONT_SPEC_VALUE', found: 'polynomialDecay' },
  ],
  [
    'a misspelt optimizer word',
    change('optimizer: adam', 'optimizer: adm'),
    { code: 'PRUNEFRONT_SPEC_VALUE', hint: 'did you mean adam?' },
  ],
  [
    'a misspelt metric',
    `${SHORT}select: { best: acuracy }`,
    { code: 'PRUNEFRONT_SPEC_VALUE', place: 'sweep.yaml:10:17 select.best', hint: 'did you mean accuracy?' },
  ],
  [
    'a misspelt data set',
    change('dataset: mnist', 'dataset: minst'),
    { code: 'PRUNEFRONT_SPEC_VALUE', hint: 'did you mean mnist?' },
  ],
  [
    'a rewind to nowhere',
    schedule('{ iterative: { rounds: 2, rewind: begin } }'),
    {
      code: 'PRUNEFRONT_SPEC_VALUE',
      place: 'sweep.yaml:8:47 space.schedule.iterative.rewind',
      allowed: 'none, start, or { epoch }',
    },
  ],
  [
    'a name that is no file name',
    change('name: short', 'name: a/b'),
    { code: 'PRUNEFRONT_SPEC_VALUE', place: 'sweep.yaml:1:7 name', found: 'a/b' },
  ],
  [
    'a map without its one key',
    change('{ zoo: mnistCnn }', '{}'),
    { code: 'PRUNEFRONT_SPEC_VALUE', place: 'sweep.yaml:2:8 model', found: '{}' },
  ],
  // What is missing.
  [
    'no name',
    change('name: short\n', ''),
    { code: 'PRUNEFRONT_SPEC_MISSING', place: 'sweep.yaml:1:1 name', found: 'nothing' },
  ],
  [
    'no learning rate',
    change(', learningRate: 0.0005', ''),
    {
      code: 'PRUNEFRONT_SPEC_MISSING',
      place: 'sweep.yaml:9:3 space.recovery.learningRate',
      allowed: 'a number, more than 0',
    },
  ],
  [
    'no granularity',
    change('granularity: weight, ', ''),
    { code: 'PRUNEFRONT_SPEC_MISSING', place: 'sweep.yaml:6:3 space.method.granularity' },
  ],
  [
    'no rounds',
    schedule('{ iterative: {} }'),
    { code: 'PRUNEFRONT_SPEC_MISSING', place: 'sweep.yaml:8:15 space.schedule.iterative.rounds' },
  ],
  [
    'no label column',
    change('dataset: mnist', 'dataset: { csv: { file: data/spirals.csv } }'),
    { code: 'PRUNEFRONT_SPEC_MISSING', place: 'sweep.yaml:3:12 dataset.csv.label' },
  ],
  [
    'a constraint without bounds',
    `${SHORT}constraints: [{ macs: {} }]`,
    { code: 'PRUNEFRONT_SPEC_MISSING', place: 'sweep.yaml:10:23 constraints[0].macs', allowed: 'atMost, atLeast' },
  ],
  [
    'a constraint of nothing',
    `${SHORT}constraints: [{}]`,
    { code: 'PRUNEFRONT_SPEC_MISSING', place: 'sweep.yaml:10:15 constraints[0]' },
  ],
  // Contradictions.
  [
    'a split that leaves nothing',
    `${SHORT}split: { validation: 0.5, test: 0.5 }`,
    { code: 'PRUNEFRONT_SPEC_CONFLICT', place: 'sweep.yaml:10:8 split', found: 'validation + test = 1' },
  ],
  [
    'a rewind past the baseline',
    schedule('{ iterative: { rounds: 2, rewind: { epoch: 3 } } }'),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:8:56 space.schedule.iterative.rewind.epoch',
      found: '3',
      allowed: 'at most 2, the epochs of the baseline',
    },
  ],
  [
    'neurons of a model without',
    change('weight, criterion: magnitude', 'neuron, criterion: l1'),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:6:26 space.method.granularity',
      found: 'neuron',
      allowed: 'weight, filter, unit',
    },
  ],
  [
    'filters of a model without',
    change('mnistCnn', 'mnistMlp', change('weight, criterion: magnitude', 'filter, criterion: l1')),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', found: 'filter', allowed: 'weight, neuron, unit' },
  ],
  [
    'an untrained zoo model',
    change('epochs: 2', 'epochs: 0'),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', place: 'sweep.yaml:4:21 baseline.epochs', found: '0' },
  ],
  [
    'two optimizers',
    change('optimizer: adam', 'optimizer: { adam: {}, sgd: {} }'),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', place: 'sweep.yaml:4:35 baseline.optimizer', allowed: 'one of adam, sgd' },
  ],
  [
    'two models',
    change('{ zoo: mnistCnn }', '{ zoo: mnistCnn, file: a.json }'),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', place: 'sweep.yaml:2:8 model' },
  ],
  [
    'two metrics in a constraint',
    `${SHORT}constraints: [{ macs: { atMost: 1 }, loss: { atMost: 1 } }]`,
    { code: 'PRUNEFRONT_SPEC_CONFLICT', place: 'sweep.yaml:10:15 constraints[0]' },
  ],
  [
    'bounds that cross',
    `${SHORT}constraints: [{ loss: { atMost: 1, atLeast: 2 } }]`,
    { code: 'PRUNEFRONT_SPEC_CONFLICT', place: 'sweep.yaml:10:45 constraints[0].loss.atLeast', allowed: 'at most 1' },
  ],
  [
    'a sparsity twice',
    sparsity('[0.5, 0.7, 0.5]'),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', place: 'sweep.yaml:7:24 space.sparsity[2]' },
  ],
  [
    'a schedule twice',
    schedule('[{ constant: {} }, { constant: { frequency: 100 } }]'),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', place: 'sweep.yaml:8:32 space.schedule[1]' },
  ],
  [
    'a range that falls',
    sparsity('{ from: 0.9, to: 0.5, steps: 3 }'),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', place: 'sweep.yaml:7:30 space.sparsity.to' },
  ],
  [
    'a schedule that ends before it begins',
    schedule('{ constant: { beginStep: 50, endStep: 10 } }'),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:8:51 space.schedule.constant.endStep',
      allowed: 'at least 50, its beginStep',
    },
  ],
  [
    'a ramp that falls',
    schedule('{ polynomialDecay: { initialSparsity: 0.9 } }'),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', found: '0.9', allowed: 'at most 0.8, the least of space.sparsity' },
  ],
  // YAML.
  [
    'an open bracket',
    change('name: short', 'name: [a'),
    { code: 'PRUNEFRONT_SPEC_SYNTAX', place: /^sweep.yaml:\d+:\d+$/ },
  ],
  [
    'a key twice',
    `${SHORT}name: again`,
    { code: 'PRUNEFRONT_SPEC_SYNTAX', place: 'sweep.yaml:10:1', found: 'name: again' },
  ],
  ['a tab', change('  sparsity', '\tsparsity'), { code: 'PRUNEFRONT_SPEC_SYNTAX', place: /^sweep.yaml:7:\d+$/ }],
  ['two documents', `${SHORT}---\n${SHORT}`, { code: 'PRUNEFRONT_SPEC_SYNTAX' }],
  ['an alias of nothing', sparsity('*nowhere'), { code: 'PRUNEFRONT_SPEC_SYNTAX' }],
  ['a tag of a language', sparsity('!!python/object 1'), { code: 'PRUNEFRONT_SPEC_SYNTAX' }],
];

describe('a bad spec', () => {
  it.each(CASES)('given %s, then it is refused with its place', async (_, text, expected) => {
    const error = await refusal(text);
    const { place, ...facts } = expected;
    expect(error).toMatchObject(facts);
    if (typeof place === 'string') expect(error.place).toBe(place);
    else if (place !== undefined) expect(error.place).toMatch(place);
    expect(error.message).not.toMatch(/undefined|\[object|and \d+ more/);
  });

  it('given several problems, then the first is told and the others are named', async () => {
    const text = change('epochs: 2', 'epochs: -2', change('0.8', '1.5')).replace('name: short\n', '');
    const error = await refusal(`${text}selct: knee\n`);
    expect(error.message).toMatch(/ \(and 3 more: [^)]+\)$/);
    for (const path of ['baseline.epochs', 'space.sparsity', 'selct', 'name'])
      expect(`${error.message} ${error.place}`).toContain(path);
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
