import { ZOO_NAMES } from '../../../core/models/zoo/index.js';
import { GRANULARITIES } from '../../../core/pruning/granularities/index.js';
import type { BadSpec } from './bad-spec.js';
import { change, SHORT, schedule, sparsity } from './parse.js';

/** Specs whose keys, words or YAML are wrong. */
export const BAD_KEYS: readonly BadSpec[] = [
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
      allowed: 'epochs, learningRate, schedule, earlyStop, distill, batchNorm',
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
      allowed: 'constant, linear, polynomialDecay, exponential, cosine, rigL, iterative, from, schedule',
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
  // Words.
  [
    'a misspelt model',
    change('mnistCnn', 'mnistCNNN'),
    {
      code: 'PRUNEFRONT_SPEC_VALUE',
      place: 'sweep.yaml:2:15 model.zoo',
      found: 'mnistCNNN',
      allowed: ZOO_NAMES.join(', '),
      hint: 'did you mean mnistCnn?',
    },
  ],
  [
    'a misspelt granularity',
    change('weight', 'wieght'),
    {
      code: 'PRUNEFRONT_SPEC_VALUE',
      place: 'sweep.yaml:6:26 space.method.granularity',
      allowed: `${GRANULARITIES.names().join(', ')}, or with settings: { nOfM }, { block }`,
      hint: 'did you mean weight?',
    },
  ],
  [
    'a misspelt word of a union',
    schedule('oneshot'),
    { code: 'PRUNEFRONT_SPEC_VALUE', place: 'sweep.yaml:8:13 space.schedule', hint: 'did you mean oneShot?' },
  ],
  [
    'a schedule without what it can not do without',
    schedule('iterative'),
    { code: 'PRUNEFRONT_SPEC_VALUE', found: 'iterative' },
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
      allowed: 'none, start, learningRate, random, or { epoch }',
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
  [
    'a start that is none',
    schedule('{ from: end, schedule: oneShot }'),
    {
      code: 'PRUNEFRONT_SPEC_VALUE',
      place: 'sweep.yaml:8:21 space.schedule.from',
      allowed: 'start, or { epoch }',
    },
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
