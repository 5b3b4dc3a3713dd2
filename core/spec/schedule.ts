import { z } from 'zod';
import { SCHEDULES, type SchedulePiece } from '../pruning/schedules/index.js';
import type { Settings } from '../registry/index.js';
import { roundsOf, type Schedule } from '../sweep/schedule.js';
import type { Recovery } from '../sweep/spec.js';
import type { StartingPoint } from '../sweep/starting-point.js';
import { filled, settingsSchema } from './pieces.js';
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
      description: 'Whether each round prunes the same part of what is left, or each as much.',
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

/** A registered schedule by its settings, which may start early: whatever is told is told under its name. */
function told(piece: SchedulePiece): z.ZodType<Schedule, unknown> {
  const hasSettings = Object.keys(piece.settings).length > 0;
  const inner = settingsSchema(piece)
    .extend({ from: hasSettings ? from.exactOptional().meta({ absent: 'the trained ones' }) : from })
    .meta({ description: `${piece.summary} (${piece.source})` });
  return z.strictObject({ [piece.name]: inner }).transform((given): Schedule => {
    const { from: point, ...settings } = (given[piece.name] ?? {}) as Settings & { readonly from?: StartingPoint };
    const choice = filled(piece, settings);
    return point === undefined ? choice : { from: point, schedule: choice };
  });
}

/** A schedule as it is written, before defaults that depend on other keys; plugins have registered theirs by the time that it is used. */
export const schedule = z.lazy(() => {
  const pieces = SCHEDULES.all();
  const alone = z
    .enum(pieces.map(({ name }) => name) as [string, ...string[]])
    .transform((name): Schedule => filled(SCHEDULES.get(name), {}))
    .meta({ description: pieces.map(({ name, summary }) => `\`${name}\`: ${summary}`).join(' ') });
  const forms = [alone, ...pieces.map(told), z.strictObject({ iterative })];
  return z.union(forms) as z.ZodType<WrittenSchedule, unknown>;
});

/** Rounds whose defaults may still be missing, or a schedule within a stage. */
type WrittenSchedule = Exclude<Schedule, { readonly iterative: unknown }> | { readonly iterative: WrittenRounds };
type WrittenRounds = z.output<typeof iterative>;

/** Fills in the defaults that depend on `recovery`. */
export function filledSchedule(given: WrittenSchedule, recoveries: readonly Recovery[]): Schedule {
  const own = roundsOf(given as Schedule) as WrittenRounds | null;
  if (own === null) return given as Schedule;
  const { epochs, learningRate: rate } = recoveries[0] ?? { epochs: 0, learningRate: 0 };
  const { epochsPerRound, fineTune } = own;
  return {
    iterative: {
      ...own,
      epochsPerRound: epochsPerRound ?? epochs,
      // Rounded, because a tenth of 0.0005 would be 0.00005000000000000001.
      fineTune: { epochs: fineTune.epochs, learningRate: fineTune.learningRate ?? Number((rate / 10).toPrecision(12)) },
    },
  };
}
