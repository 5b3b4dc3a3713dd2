import { z } from 'zod';
import { CRITERIA } from '../pruning/criteria/index.js';
import { GRANULARITIES } from '../pruning/granularities/index.js';
import { SCOPES } from '../pruning/scopes/index.js';
import type { Recovery, Schedule } from '../sweep/spec.js';
import { pieceChoice } from './pieces.js';
import { count, sparsity as fraction, learningRate, oneOrMany, problem, refuseRepetition } from './values.js';

const layerRule = z
  .strictObject({
    exclude: z.literal(true).exactOptional().meta({ description: 'They are left as they are.' }),
    sparsity: fraction().exactOptional().meta({ description: 'Their own sparsity, whatever the scope says.' }),
    floor: z.number().gt(0).max(1).exactOptional().meta({ description: 'Part of each that stays in any case.' }),
  })
  .meta({ description: 'What holds for layers of this name.' });

const layers = z
  .record(z.string().min(1), layerRule)
  .transform((rules) => Object.entries(rules).map(([pattern, rule]) => ({ pattern, ...rule })))
  .meta({
    description:
      'Rules for layers by name or pattern, in which `*` stands for any characters and `?` for one; where several match a layer, what a later one says holds.',
  });

const method = z.strictObject({
  granularity: pieceChoice(GRANULARITIES).meta({ description: 'What goes or stays as one.' }),
  criterion: pieceChoice(CRITERIA).meta({ description: 'By what score; the lowest goes first.' }),
  scope: pieceChoice(SCOPES).meta({ description: 'Who is compared with whom.' }),
  count: z.enum(['weights', 'parameters', 'macs', 'bytes']).exactOptional().meta({
    description:
      'What sparsity is a fraction of: weights that can be pruned, all parameters, multiply-accumulates of one example, or bytes as they are stored.',
    absent: 'the weights that are pruned; where units or layers are removed, their number',
  }),
  layers: layers.exactOptional(),
});

const range = z.strictObject({
  from: fraction().meta({ description: 'The first sparsity.' }),
  to: fraction().meta({ description: 'The last sparsity.' }),
  steps: count(2).max(1000).meta({ description: 'How many sparsities, both ends included, evenly spaced.' }),
});

/** Evenly spaced, without the noise of binary fractions: 0.59, not 0.5900000000000001. */
const spread = ({ from, to, steps }: z.output<typeof range>): number[] =>
  Array.from({ length: steps }, (_, i) => Number((from + ((to - from) * i) / (steps - 1)).toPrecision(12)));

const sparsity = z
  .union([fraction(), z.array(fraction()).min(1), range])
  .transform((value, context) => {
    if (typeof value === 'number') return [value];
    if (!Array.isArray(value) && value.from >= value.to) {
      const params = { code: 'PRUNEFRONT_SPEC_CONFLICT', allowed: `more than from, which is ${value.from}` } as const;
      context.addIssue({ ...problem('A range of sparsities has to grow', params, ['to']), input: value.to });
    }
    const list = Array.isArray(value) ? value : spread(value);
    refuseRepetition(list, context);
    return list;
  })
  .meta({ description: 'Fractions of the prunable weights or units to prune: one, a list, or a range.' });

const beginStep = count(0).default(0).meta({ description: 'Optimizer step of the first pruning.' });
const endStep = count(0).nullable().default(null).meta({
  description:
    'Optimizer step of the last pruning; `null` is two thirds of the way from `beginStep` to the end of the stage.',
});
const frequency = count(1).default(100).meta({ description: 'Steps from one pruning to the next.' });

const rewind = z
  .union([
    z.enum(['none', 'start']),
    z.strictObject({ epoch: count(1).meta({ description: 'Epoch of the baseline.' }) }),
  ])
  .meta({
    description: 'What the weights go back to after each round: nothing, the initial ones, or those of an epoch.',
  });

const schedule = z.union([
  z.literal('oneShot').meta({ description: 'All at once, then recovery.' }),
  z.strictObject({
    constant: z
      .strictObject({ beginStep, endStep, frequency })
      .meta({ description: 'The whole sparsity from `beginStep` on (tfmot `ConstantSparsity`).' }),
  }),
  z.strictObject({
    polynomialDecay: z
      .strictObject({
        initialSparsity: fraction().default(0).meta({ description: 'Sparsity at `beginStep`.' }),
        beginStep,
        endStep,
        frequency,
        power: z.number().positive().max(100).default(3).meta({ description: 'Exponent of the ramp.' }),
      })
      .meta({ description: 'From `initialSparsity` up along a polynomial (tfmot `PolynomialDecay`).' }),
  }),
  z.strictObject({
    iterative: z
      .strictObject({
        rounds: count(1).max(1000).meta({ description: 'Rounds of pruning, each the same fraction of what is left.' }),
        rewind: rewind.default('none'),
        epochsPerRound: count(0).optional().meta({
          description: 'Epochs of retraining after each round.',
          absent: 'the epochs of the first `recovery`',
        }),
        fineTune: z
          .strictObject({
            epochs: count(0).default(1).meta({ description: 'Epochs; 0 leaves it out.' }),
            learningRate: learningRate().optional().meta({
              description: 'Its learning rate.',
              absent: 'a tenth of that of the first `recovery`',
            }),
          })
          .prefault({})
          .meta({ description: 'The last training at a lower learning rate.' }),
      })
      .meta({ description: 'Rounds of pruning and retraining, then a last fine-tuning.' }),
  }),
]);

const recovery = z.strictObject({
  epochs: count(0).meta({ description: 'Epochs of retraining after pruning, or while it goes on.' }),
  learningRate: learningRate().meta({ description: 'Its learning rate.' }),
});

/** `space`: the lists whose product is searched. Defaults that depend on `recovery` are filled in here. */
export const space = z
  .strictObject({
    method: oneOrMany(method).meta({
      description: 'What is pruned, by what score, compared with whom: one or a list.',
    }),
    sparsity,
    schedule: oneOrMany(schedule).meta({ description: 'How sparsity grows: one or a list.' }),
    recovery: oneOrMany(recovery).meta({ description: 'Retraining after pruning: one or a list.' }),
  })
  .meta({ description: 'The search space: every combination of the four lists is a point.' })
  .transform((given) => ({ ...given, schedule: given.schedule.map((one) => fill(one, given.recovery)) }));

function fill(given: z.output<typeof schedule>, recoveries: readonly Recovery[]): Schedule {
  if (given === 'oneShot' || !('iterative' in given)) return given;
  const { epochs, learningRate: rate } = recoveries[0] ?? { epochs: 0, learningRate: 0 };
  const { rounds, rewind: rewound, epochsPerRound, fineTune } = given.iterative;
  return {
    iterative: {
      rounds,
      rewind: rewound,
      epochsPerRound: epochsPerRound ?? epochs,
      // Rounded, because a tenth of 0.0005 would be 0.00005000000000000001.
      fineTune: { epochs: fineTune.epochs, learningRate: fineTune.learningRate ?? Number((rate / 10).toPrecision(12)) },
    },
  };
}
