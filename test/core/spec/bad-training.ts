import type { BadSpec } from './bad-spec.js';
import { change, recovery } from './parse.js';

const augment = (written: string): string => change('optimizer: adam', `optimizer: adam, augment: ${written}`);

/** Specs whose baseline or recovery cannot be trained as it says. */
export const BAD_TRAINING: readonly BadSpec[] = [
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
