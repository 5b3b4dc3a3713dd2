import type { BadSpec } from './bad-spec.js';
import { change, SHORT, schedule, sparsity } from './parse.js';

/** Specs whose values are wrong by themselves. */
export const BAD_VALUES: readonly BadSpec[] = [
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
  [
    'RigL that exchanges more than all',
    schedule('{ rigL: { dropFraction: 1.5 } }'),
    { code: 'PRUNEFRONT_SPEC_RANGE', allowed: 'a number, more than 0 and at most 1' },
  ],
];
