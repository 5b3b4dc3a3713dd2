import type { BadSpec } from './bad-spec.js';
import { change, SHORT } from './parse.js';

const schedule = (written: string, text = SHORT): string => change('oneShot', written, text);
const recovery = (written: string): string => change('{ epochs: 1, learningRate: 0.0005 }', written);
const augment = (written: string): string => change('optimizer: adam', `optimizer: adam, augment: ${written}`);
const sparsity = (written: string): string => change('0.8', written);

/** Specs whose values are wrong, by themselves or together. */
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
      allowed: 'weight, block, kernel, filter, unit',
    },
  ],
  [
    'neurons of a model whose only units are recurrent',
    change('mnistCnn', 'lstm64', change('weight, criterion: magnitude', 'neuron, criterion: l1')),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', found: 'neuron', allowed: 'weight, nOfM, block, recurrent, unit' },
  ],
  [
    'filters of a model without',
    change('mnistCnn', 'mnistMlp', change('weight, criterion: magnitude', 'filter, criterion: l1')),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', found: 'filter', allowed: 'weight, nOfM, block, neuron, unit' },
  ],
  [
    'an untrained zoo model',
    change('epochs: 2', 'epochs: 0'),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', place: 'sweep.yaml:4:21 baseline.epochs', found: '0' },
  ],
  [
    'two optimizers',
    change('optimizer: adam', 'optimizer: { adam: {}, sgd: {} }'),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:4:35 baseline.optimizer',
      allowed: 'one of adam, adamW, rmsProp, sgd',
    },
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
  [
    'a start past the baseline',
    schedule('{ from: { epoch: 3 }, schedule: oneShot }'),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:8:30 space.schedule.from.epoch',
      found: '3',
      allowed: 'at most 2, the epochs of the baseline',
    },
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
  [
    'RigL of filters',
    schedule('{ rigL: {} }', change('weight, criterion: magnitude', 'filter, criterion: l1')),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:8:21 space.schedule.rigL',
      allowed: 'with methods of the granularity weight alone',
    },
  ],
  [
    'RigL without training, by its name',
    schedule('rigL', recovery('{ epochs: 0, learningRate: 1 }')),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:8:3 space.schedule.rigL',
      allowed: 'with recoveries of at least 1 epoch',
    },
  ],
  [
    'RigL that exchanges more than all',
    schedule('{ rigL: { dropFraction: 1.5 } }'),
    { code: 'PRUNEFRONT_SPEC_RANGE', allowed: 'a number, more than 0 and at most 1' },
  ],
  // Recoveries.
  [
    'an early stop without training',
    recovery('{ epochs: 0, learningRate: 1, earlyStop: { patience: 2 } }'),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:9:54 space.recovery.earlyStop',
      allowed: 'with at least 1 epoch',
    },
  ],
  [
    'a teacher without training, in a list',
    recovery(
      '[{ epochs: 1, learningRate: 1 }, { epochs: 0, learningRate: 1, distill: { temperature: 4, weight: 1 } }]',
    ),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', place: /space\.recovery\[1\]\.distill$/ },
  ],
  [
    'a teacher without a say',
    recovery('{ epochs: 1, learningRate: 1, distill: { temperature: 4, weight: 0 } }'),
    { code: 'PRUNEFRONT_SPEC_RANGE', found: '0', allowed: 'a number, more than 0 and at most 1' },
  ],
  [
    'a teacher without a temperature',
    recovery('{ epochs: 1, learningRate: 1, distill: { weight: 0.5 } }'),
    { code: 'PRUNEFRONT_SPEC_MISSING', place: /space\.recovery\.distill\.temperature$/ },
  ],
  [
    'no patience',
    recovery('{ epochs: 1, learningRate: 1, earlyStop: { patience: 0 } }'),
    { code: 'PRUNEFRONT_SPEC_RANGE', allowed: 'an integer, at least 1' },
  ],
  [
    'a warm-up as long as the training',
    recovery('{ epochs: 2, learningRate: 1, schedule: { cosine: { warmup: 2 } } }'),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:9:73 space.recovery.schedule.cosine.warmup',
      allowed: 'less than 2, the epochs of the shortest training',
    },
  ],
  [
    'a rate that never falls',
    recovery('{ epochs: 2, learningRate: 1, schedule: { step: { every: 2, factor: 0.1 } } }'),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: /space\.recovery\.schedule\.step\.every$/,
      allowed: 'less than 2, the epochs of the longest training',
    },
  ],
  [
    'a rate that grows',
    recovery('{ epochs: 2, learningRate: 1, schedule: { step: { every: 1, factor: 2 } } }'),
    { code: 'PRUNEFRONT_SPEC_RANGE', found: '2' },
  ],
  [
    'a schedule of rates that is none',
    recovery('{ epochs: 2, learningRate: 1, schedule: cosin }'),
    { code: 'PRUNEFRONT_SPEC_VALUE', found: 'cosin', hint: 'did you mean cosine?' },
  ],
  [
    'a warm-up as long as the baseline',
    change('optimizer: adam', 'optimizer: adam, schedule: { linear: { warmup: 2.5 } }'),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', place: /baseline\.schedule\.linear\.warmup$/ },
  ],
  [
    'statistics of a model without batch norm',
    recovery('{ epochs: 0, learningRate: 1, batchNorm: { batches: 5 } }'),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:9:54 space.recovery.batchNorm',
      message: 'The model has no batch norm',
    },
  ],
  // Augmentations.
  [
    'an augmentation that is none',
    augment('{ flip: sideways }'),
    {
      code: 'PRUNEFRONT_SPEC_VALUE',
      place: 'sweep.yaml:4:58 baseline.augment.flip',
      allowed: 'horizontal, vertical, both',
    },
  ],
  [
    'augmentations without one',
    augment('{}'),
    { code: 'PRUNEFRONT_SPEC_MISSING', place: 'sweep.yaml:4:50 baseline.augment', allowed: 'shift, flip, crop, noise' },
  ],
  ['half a pixel', augment('{ shift: 1.5 }'), { code: 'PRUNEFRONT_SPEC_RANGE', allowed: 'an integer, at least 1' }],
  [
    'a crop in percent',
    augment('{ crop: 90 }'),
    { code: 'PRUNEFRONT_SPEC_RANGE', found: '90', hint: 'for 90 % write 0.9' },
  ],
  [
    'a shift as long as the image',
    augment('{ shift: 28 }'),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:4:59 baseline.augment.shift',
      found: '28',
      allowed: 'at most 27: a longer way leaves nothing of the image',
    },
  ],
  [
    'a flip of points',
    augment('{ noise: 0.1, flip: both }').replace('{ zoo: mnistCnn }', '{ file: models/spirals/model.json }'),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:4:70 baseline.augment.flip',
      message: 'Examples of shape [2] are no images',
      allowed: 'for examples of shape [height, width] or [height, width, channels]',
    },
  ],
];
