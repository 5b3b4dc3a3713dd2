import type { BadSpec } from './bad-spec.js';
import { change, recovery, SHORT, schedule, sparsity } from './parse.js';

/** Specs whose values are right by themselves and do not go together. */
export const BAD_COMBINATIONS: readonly BadSpec[] = [
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
];
