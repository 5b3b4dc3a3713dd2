import { z } from 'zod';
import { compression } from './compression.js';
import { method } from './method.js';
import { recovery } from './recovery.js';
import { filledSchedule, schedule } from './schedule.js';
import { count, sparsity as fraction, oneOrMany, problem, refuseRepetition } from './values.js';

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

/** `space`: the lists whose product is searched. Defaults that depend on `recovery` are filled in here. */
export const space = z
  .strictObject({
    method: oneOrMany(method).meta({
      description: 'What is pruned, by what score, compared with whom: one or a list.',
    }),
    sparsity,
    schedule: oneOrMany(schedule).meta({ description: 'How sparsity grows: one or a list.' }),
    recovery: oneOrMany(recovery).meta({ description: 'Retraining after pruning: one or a list.' }),
    compression: compression.exactOptional(),
  })
  .meta({ description: 'The search space: every combination of the lists is a point.' })
  .transform((given) => ({ ...given, schedule: given.schedule.map((one) => filledSchedule(one, given.recovery)) }));
