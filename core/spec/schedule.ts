import { z } from 'zod';
import { SCHEDULES } from '../pruning/schedules/index.js';
import type { Schedule } from '../sweep/schedule.js';
import type { Recovery } from '../sweep/spec.js';
import { pieceChoice } from './pieces.js';
import { count, learningRate } from './values.js';

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
    rounds: count(1).max(1000).meta({ description: 'Rounds of pruning.' }),
    rate: z.enum(['geometric', 'fixed']).exactOptional().meta({
      description: 'Whether each round prunes the same part of what is left, or as much as each other one.',
      absent: 'geometric',
    }),
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

const early = z.strictObject({
  from,
  schedule: pieceChoice(SCHEDULES).meta({ description: 'The schedule that starts there.' }),
});

/** A schedule as it is written, before defaults that depend on other keys. */
export const schedule = z.union([pieceChoice(SCHEDULES), z.strictObject({ iterative }), early]);

/** Fills in the defaults that depend on `recovery`. */
export function filledSchedule(given: z.output<typeof schedule>, recoveries: readonly Recovery[]): Schedule {
  if (!isUnfilled(given)) return given;
  const { epochs, learningRate: rate } = recoveries[0] ?? { epochs: 0, learningRate: 0 };
  const { rounds, rate: pace, rewind: rewound, epochsPerRound, fineTune } = given.iterative;
  return {
    iterative: {
      rounds,
      ...(pace === undefined ? {} : { rate: pace }),
      rewind: rewound,
      epochsPerRound: epochsPerRound ?? epochs,
      // Rounded, because a tenth of 0.0005 would be 0.00005000000000000001.
      fineTune: { epochs: fineTune.epochs, learningRate: fineTune.learningRate ?? Number((rate / 10).toPrecision(12)) },
    },
  };
}

type Unfilled = { readonly iterative: z.output<typeof iterative> };

function isUnfilled(given: z.output<typeof schedule>): given is Unfilled {
  return typeof given === 'object' && 'iterative' in given;
}
