import { expect } from 'vitest';
import type { BadSpec } from './bad-spec.js';
import { change, SHORT, schedule } from './parse.js';

const SHORT_METHOD = 'granularity: weight, criterion: magnitude, scope: global';
const method = (written: string, text = SHORT): string => change(SHORT_METHOD, written, text);
const MOVEMENT = method('granularity: weight, criterion: movement, scope: global');

/** Methods whose choices exclude each other, or that the model's layers can't have. */
export const BAD_METHODS: readonly BadSpec[] = [
  [
    'a criterion of units for single weights',
    method('granularity: weight, criterion: fpgm, scope: global'),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:6:45 space.method.criterion',
      found: 'fpgm',
      allowed:
        'random, magnitude, l1, l2, lp, l1Regularised, l2Regularised, taylor, snip, grasp, synflow, movement, lamp, wanda, obd, woodfisher',
    },
  ],
  [
    'N:M whose groups do not divide the channels',
    method('granularity: { nOfM: { groupSize: 4 } }, criterion: magnitude, scope: layer'),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: /space\.method\.granularity$/,
      message: 'Layer conv1: Groups of 4 do not divide its 1 input channels',
      found: 'nOfM groupSize=4',
      allowed: 'no groups at all; or exclude the layer by layers: { conv1: { exclude: true } }',
    },
  ],
  [
    'N:M at a sparsity between those that it has',
    method('granularity: nOfM, criterion: magnitude, scope: layer, layers: { conv*: { exclude: true } }'),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:7:13 space.sparsity',
      found: '0.8',
      allowed: '0, 0.25, 0.5, 0.75',
    },
  ],
  [
    'N:M with a scope that shares out',
    method('granularity: nOfM, criterion: magnitude, scope: erk, layers: { conv*: { exclude: true } }'),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', place: /space\.method\.scope$/, found: 'erk', allowed: 'layer, global' },
  ],
  [
    'windows of a model without convolutions',
    change('mnistCnn', 'mnistMlp', method('granularity: kernel, criterion: magnitude, scope: global')),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: /space\.method\.granularity$/,
      message: 'The model has no layer that could be pruned by kernel',
      allowed: 'weight, nOfM, block, neuron, unit',
    },
  ],
  [
    'the scale of batch norm in a model without',
    method('granularity: filter, criterion: batchNormScale, scope: global'),
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: /space\.method\.criterion$/,
      message: expect.stringMatching(/^Layer conv1: The criterion batchNormScale needs batch norm/),
      found: 'batchNormScale',
      allowed: 'layers with batch norm behind them, or another criterion: l1, l2, taylor',
    },
  ],
  [
    'a sparsity of MACs that no filters give',
    method('granularity: filter, criterion: l1, scope: global, count: macs', change('0.8', '0.999')),
    {
      code: 'PRUNEFRONT_SPARSITY_UNREACHABLE',
      place: 'sweep.yaml:7:13 space.sparsity',
      found: '0.999',
      allowed: expect.stringMatching(/^at most 0\.\d+$/),
    },
  ],
  [
    'a sparsity of parameters that a floor keeps from',
    method(
      'granularity: weight, criterion: magnitude, scope: global, count: parameters, layers: { dense: { floor: 0.9 } }',
    ),
    { code: 'PRUNEFRONT_SPARSITY_UNREACHABLE', place: 'sweep.yaml:7:13 space.sparsity' },
  ],
  [
    'a rule for layers that there are none of',
    method(`${SHORT_METHOD}, layers: { "dens": { exclude: true } }`),
    {
      code: 'PRUNEFRONT_SPEC_VALUE',
      place: /space\.method\.layers\.dens$/,
      found: 'dens',
      hint: 'did you mean dense?',
    },
  ],
  [
    'rules that exclude every layer',
    method(`${SHORT_METHOD}, layers: { "*": { exclude: true } }`),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', place: /space\.method\.layers$/ },
  ],
  ...(
    [
      ['give every layer a sparsity of its own', '{ "*": { sparsity: 0.2 } }'],
      [
        'exclude some layers and give the others one',
        '{ "*": { exclude: true }, dense: { exclude: false, sparsity: 0.2 } }',
      ],
    ] as const
  ).map(
    ([what, rules]): BadSpec => [
      `rules that ${what}`,
      method(`${SHORT_METHOD}, layers: ${rules}`),
      {
        code: 'PRUNEFRONT_SPEC_CONFLICT',
        place: /space\.method\.layers$/,
        message: expect.stringContaining('space.sparsity'),
        allowed: 'rules that leave some of conv1, conv2, dense',
      },
    ],
  ),
  ...(['sparsity: 0.5', 'floor: 0.5'] as const).map(
    (part): BadSpec => [
      `a rule that excludes a layer and gives it a ${part}`,
      method(`${SHORT_METHOD}, layers: { dense: { exclude: true, ${part} } }`),
      {
        code: 'PRUNEFRONT_SPEC_CONFLICT',
        place: /space\.method\.layers$/,
        message: 'dense is left as it is, and so has no sparsity or floor',
        allowed: 'exclude alone',
      },
    ],
  ),
  ...(
    [
      ['as large as every layer', 'height: 5000, width: 5000', 'global', '0'],
      ['as large as most layers, each by itself', 'height: 1000, width: 100', 'layer', '0.288'],
    ] as const
  ).map(
    ([what, sides, scope, most]): BadSpec => [
      `blocks ${what}`,
      method(`granularity: { block: { ${sides} } }, criterion: magnitude, scope: ${scope}`),
      { code: 'PRUNEFRONT_SPARSITY_UNREACHABLE', place: 'sweep.yaml:7:13 space.sparsity', allowed: `at most ${most}` },
    ],
  ),
  [
    'a floor above the whole',
    method(`${SHORT_METHOD}, layers: { dense: { floor: 1.5 } }`),
    {
      code: 'PRUNEFRONT_SPEC_RANGE',
      place: /space\.method\.layers\.dense\.floor$/,
      allowed: 'a number, more than 0 and at most 1',
    },
  ],
  [
    'a misspelt key of a rule',
    method(`${SHORT_METHOD}, layers: { dense: { exlude: true } }`),
    {
      code: 'PRUNEFRONT_SPEC_UNKNOWN_KEY',
      place: /space\.method\.layers\.dense\.exlude$/,
      allowed: 'exclude, sparsity, floor',
      hint: 'did you mean exclude?',
    },
  ],
  [
    'a word for rules',
    method(`${SHORT_METHOD}, layers: dense`),
    { code: 'PRUNEFRONT_SPEC_TYPE', allowed: '{ <name>: { exclude?, sparsity?, floor? } }' },
  ],
  [
    'movement before anything moves',
    MOVEMENT,
    {
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:8:13 space.schedule',
      found: 'oneShot',
      allowed:
        'a schedule that grows from 0: linear, polynomialDecay, exponential, cosine; or constant with a beginStep',
    },
  ],
  ...(
    [
      ['rounds', '{ iterative: { rounds: 2 } }'],
      ['a ramp that starts above 0', '{ linear: { initialSparsity: 0.2 } }'],
      ['constant from the first step on', 'constant'],
    ] as const
  ).map(
    ([what, written]): BadSpec => [
      `movement with ${what}`,
      schedule(written, MOVEMENT),
      { code: 'PRUNEFRONT_SPEC_CONFLICT', place: 'sweep.yaml:8:13 space.schedule' },
    ],
  ),
  [
    'movement without training',
    change('epochs: 1', 'epochs: 0', schedule('linear', MOVEMENT)),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', place: /space\.schedule$/, allowed: 'with recoveries of at least 1 epoch' },
  ],
  [
    'a penalty whose training an earlier start undoes',
    schedule(
      '{ from: start, schedule: oneShot }',
      method('granularity: weight, criterion: l1Regularised, scope: global'),
    ),
    { code: 'PRUNEFRONT_SPEC_CONFLICT', place: /space\.schedule\.from$/ },
  ],
];
