import { z } from 'zod';
import type { Recovery, Schedule } from '../sweep/spec.js';
import { count, sparsity as fraction, learningRate } from './values.js';

const beginStep = count(0).default(0).meta({ description: 'Optimizer step of the first pruning.' });
const endStep = count(0).nullable().default(null).meta({
  description:
    'Optimizer step of the last pruning; `null` is two thirds of the way from `beginStep` to the end of the stage.',
});
const frequency = count(1).default(100).meta({ description: 'Steps from one pruning to the next.' });
const baselineEpoch = z.strictObject({ epoch: count(1).meta({ description: 'Epoch of the baseline.' }) });

const from = z.union([z.literal('start'), baselineEpoch]).meta({
  description: 'Weights of the baseline that the candidate starts from: the initial ones, or those of an epoch.',
});

const rewind = z.union([z.enum(['none', 'start', 'learningRate', 'random']), baselineEpoch]).meta({
  description:
    'What each round goes back to after its pruning: nothing, the initial weights or those of an epoch of the baseline (lottery tickets, Frankle and Carbin 2019), the learning rate of the baseline and its schedule with the weights as they are (Renda et al. 2020), or weights that are drawn anew, as a control: the same small shape trained from scratch.',
});

const iterative = z
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
  .meta({ description: 'Rounds of pruning and retraining, then a last fine-tuning.' });

const rigL = z
  .strictObject({
    frequency: count(1).default(100).meta({ description: 'Steps from one change of the masks to the next.' }),
    dropFraction: z.number().gt(0).lt(1).default(0.3).meta({
      description: 'Fraction of the weights left that the first change exchanges; it falls along a cosine.',
    }),
    endFraction: z.number().gt(0).max(1).default(0.75).meta({
      description: 'Part of the training after which the masks stay.',
    }),
    from: from.exactOptional().meta({ absent: 'the trained weights' }),
  })
  .meta({
    description:
      'Dynamic sparse training (RigL, Evci et al. 2020): the whole sparsity from the start, and now and then the smallest weights of each layer make room for those with the largest gradients.',
  });

/** A schedule as it is written, before defaults that depend on other keys. */
export const schedule = z.union([
  z.literal('oneShot').meta({ description: 'All at once, then recovery.' }),
  z.strictObject({
    oneShot: z.strictObject({ from }).meta({ description: 'All at once, before or early in the training.' }),
  }),
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
  z.strictObject({ iterative }),
  z.strictObject({ rigL }),
]);

/** Fills in the defaults that depend on `recovery`. */
export function filledSchedule(given: z.output<typeof schedule>, recoveries: readonly Recovery[]): Schedule {
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
