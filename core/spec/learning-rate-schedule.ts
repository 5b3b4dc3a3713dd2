import { z } from 'zod';
import { count } from './values.js';

const warmup = z.number().min(0).default(0).meta({
  description: 'Epochs, or a part of one, over which the rate grows evenly to its full height first.',
});

/** `schedule` of a training: how its learning rate changes. */
export const learningRateSchedule = z
  .union([
    z
      .literal('constant')
      .meta({ description: 'The same rate throughout.' })
      .transform(() => ({ constant: { warmup: 0 } })),
    z
      .literal('cosine')
      .meta({ description: 'Half a cosine down to nothing (Loshchilov and Hutter 2017).' })
      .transform(() => ({ cosine: { warmup: 0 } })),
    z
      .literal('linear')
      .meta({ description: 'Evenly down to nothing.' })
      .transform(() => ({ linear: { warmup: 0 } })),
    z.strictObject({
      constant: z.strictObject({ warmup }).meta({ description: 'The same rate throughout, after a warm-up.' }),
    }),
    z.strictObject({ cosine: z.strictObject({ warmup }).meta({ description: 'Half a cosine, after a warm-up.' }) }),
    z.strictObject({ linear: z.strictObject({ warmup }).meta({ description: 'Evenly down, after a warm-up.' }) }),
    z.strictObject({
      step: z
        .strictObject({
          every: count(1).meta({ description: 'Epochs from one fall to the next, from the start of the training.' }),
          factor: z.number().gt(0).lt(1).meta({ description: 'What the rate is multiplied with at each.' }),
          warmup,
        })
        .meta({ description: 'Down by a factor now and then.' }),
    }),
  ])
  .meta({ description: 'How the learning rate changes over the training.', absent: 'not at all' });
