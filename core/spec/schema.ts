import { z } from 'zod';
import type { Constraint, MetricName, SweepSpec } from '../sweep/spec.js';
import { mainMetric, taskName } from '../sweep/task.js';
import { augment } from './augment.js';
import { learningRateSchedule } from './learning-rate-schedule.js';
import { metricNames } from './metric-names.js';
import { nightly } from './nightly.js';
import { dataset, model, split } from './sources.js';
import { space } from './space.js';
import { task } from './task.js';
import { trainingObjective } from './training-objective.js';
import { count, duration, learningRate, problem, seed } from './values.js';

const metric = (description: string): z.ZodType<MetricName, unknown> =>
  z.lazy(() => z.enum(metricNames()).meta({ pieces: true, description }));

const adam = z
  .strictObject({
    learningRate: learningRate().default(0.001).meta({ description: 'Learning rate.' }),
    beta1: z.number().min(0).lt(1).default(0.9).meta({ description: 'Decay of the first moment.' }),
    beta2: z.number().min(0).lt(1).default(0.999).meta({ description: 'Decay of the second moment.' }),
    epsilon: z.number().positive().max(1).default(1e-7).meta({ description: 'Keeps the division finite.' }),
  })
  .meta({ description: 'Adam, with the defaults of Keras.' });

const adamW = adam
  .extend({ weightDecay: z.number().min(0).max(1).default(0.004).meta({ description: 'Decoupled weight decay.' }) })
  .meta({ description: 'Adam with decoupled weight decay, with the defaults of Keras.' });

const rmsProp = z
  .strictObject({
    learningRate: learningRate().default(0.001).meta({ description: 'Learning rate.' }),
    rho: z.number().min(0).lt(1).default(0.9).meta({ description: 'Decay of the mean square.' }),
    momentum: z.number().min(0).lt(1).default(0).meta({ description: 'Momentum.' }),
    epsilon: z.number().positive().max(1).default(1e-7).meta({ description: 'Keeps the division finite.' }),
  })
  .meta({ description: 'RMSProp, with the defaults of Keras.' });

const sgd = z
  .strictObject({
    learningRate: learningRate().default(0.01).meta({ description: 'Learning rate.' }),
    momentum: z.number().min(0).lt(1).default(0).meta({ description: 'Momentum.' }),
    nesterov: z.boolean().default(false).meta({ description: "Nesterov's momentum." }),
  })
  .meta({ description: 'Gradient descent, with the defaults of Keras.' });

const optimizer = z
  .union([
    z.literal('adam').transform(() => ({ adam: adam.parse({}) })),
    z.literal('adamW').transform(() => ({ adamW: adamW.parse({}) })),
    z.literal('rmsProp').transform(() => ({ rmsProp: rmsProp.parse({}) })),
    z.literal('sgd').transform(() => ({ sgd: sgd.parse({}) })),
    z.strictObject({ adam }),
    z.strictObject({ adamW }),
    z.strictObject({ rmsProp }),
    z.strictObject({ sgd }),
  ])
  .meta({ description: 'The optimizer of every training; recoveries have a learning rate of their own.' });

const baseline = z
  .strictObject({
    epochs: count(0).meta({ description: 'Epochs that the dense model trains; 0 takes a saved model as it is.' }),
    batchSize: count(1).max(65_536).default(64).meta({ description: 'Examples in a batch, in every training.' }),
    optimizer,
    schedule: learningRateSchedule.exactOptional(),
    ...trainingObjective,
    seed: seed().default(1).meta({ description: 'Seed of the initial weights and of the order of the examples.' }),
    augment: augment.exactOptional(),
    precision: z.enum(['float32', 'bfloat16', 'auto']).exactOptional().meta({
      description:
        'Of convolutions and matrix products in every training: `bfloat16` is faster where the device has units for it, `auto` where a calibration of the node measured so. Weights, optimizer, batch norm and scores stay float32.',
      absent: 'float32',
    }),
  })
  .meta({ description: 'How the dense model is trained.' });

const objective = z.union([
  z.strictObject({ maximize: metric('More is better.') }),
  z.strictObject({ minimize: metric('Less is better.') }),
]);

const bound = z
  .strictObject({
    atMost: z.number().exactOptional().meta({ description: 'The largest value that is allowed.' }),
    atLeast: z.number().exactOptional().meta({ description: 'The smallest value that is allowed.' }),
  })
  .superRefine(({ atMost, atLeast }, context) => {
    const code = 'PRUNEFRONT_SPEC_CONFLICT';
    if (atMost === undefined && atLeast === undefined) {
      context.addIssue(
        problem('A constraint needs a bound', { code: 'PRUNEFRONT_SPEC_MISSING', allowed: 'atMost, atLeast' }),
      );
    } else if (atMost !== undefined && atLeast !== undefined && atLeast > atMost) {
      context.addIssue(problem('No value is within the bounds', { code, allowed: `at most ${atMost}` }, ['atLeast']));
    }
  })
  .meta({ description: 'Bounds of a metric.' });

const accuracyDrop = z
  .strictObject({
    atMost: z.number().gt(-1).lt(1).meta({ description: 'As a fraction: 0.01 is one point of accuracy.' }),
  })
  .meta({ description: 'Dense accuracy minus that of the candidate, on validation; for classification.' });

const constraint: z.ZodType<Constraint, unknown> = z.lazy(() => {
  const bounds = Object.fromEntries(metricNames().map((name) => [name, bound.exactOptional()]));
  return z
    .strictObject({ accuracyDrop: accuracyDrop.exactOptional(), ...bounds })
    .transform((given, context): Constraint => {
      const names = Object.keys(given);
      const [name] = names;
      if (name === undefined || names.length > 1) {
        const code = name === undefined ? 'PRUNEFRONT_SPEC_MISSING' : 'PRUNEFRONT_SPEC_CONFLICT';
        const params = { code, allowed: 'one metric a constraint' } as const;
        context.addIssue({ ...problem('A constraint bounds exactly one metric', params), input: given });
        return z.NEVER;
      }
      if (name === 'accuracyDrop') return { accuracyDrop: given.accuracyDrop ?? { atMost: 0 } };
      return {
        metric: { name: name as MetricName, ...(given as Readonly<Record<string, z.output<typeof bound>>>)[name] },
      };
    });
});

const search = z
  .strictObject({
    algorithm: z.enum(['grid', 'random']).default('grid').meta({
      description:
        'The order in which points are tried. With a budget smaller than the space, both try a seeded random part.',
    }),
    seed: seed().default(1).meta({ description: 'Seed of the order and of the retraining.' }),
  })
  .prefault({})
  .meta({ description: 'How points of the space are proposed.' });

const budget = z
  .strictObject({
    candidates: count(1).max(1_000_000).optional().meta({
      description: 'Candidates to try.',
      absent: 'as many as the space has',
    }),
    wallClock: duration().optional().meta({
      description: 'Time after which no new candidate is started: `90s`, `30m`, `2h`.',
      absent: 'no limit',
    }),
  })
  .prefault({})
  .meta({ description: 'What the sweep may spend.' });

/** The spec as people write it; its output is a `SweepSpec`, but for file paths, which are still relative. */
export const specSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/)
      .meta({
        description: 'Name of the sweep.',
        allowed: 'letters, digits, `.`, `_` and `-`, at most 63, a letter or digit first',
      }),
    task: task.exactOptional(),
    model,
    dataset,
    split,
    baseline,
    space,
    search,
    objectives: z.array(objective).min(1).optional().meta({
      description: 'What makes one candidate better than another; the front is of these.',
      absent: "`[{ maximize: accuracy }, { minimize: bytesGzip }]`; `r2` or `psnr` where that is the task's metric",
    }),
    constraints: z.array(constraint).default([]).meta({ description: 'What a candidate must keep to be selected.' }),
    select: z
      .union([z.literal('knee'), z.strictObject({ best: metric('The metric to be best in.') })])
      .default('knee')
      .meta({
        description:
          'Which candidate of the front is selected, of those that keep the constraints: `knee`, the one farthest from the straight line between the two ends of the front (with other than two objectives, the one nearest to the best of each), or the best in one metric.',
      }),
    budget,
    nightly: nightly.exactOptional(),
  })
  .transform(({ budget: spend, task: asked, objectives, ...given }) => {
    const { method, sparsity, schedule, recovery, compression = [null] } = given.space;
    const points = method.length * sparsity.length * schedule.length * recovery.length * compression.length;
    const main = mainMetric(taskName(asked));
    return {
      ...given,
      ...(asked === undefined ? {} : { task: asked }),
      objectives: objectives ?? [{ maximize: main }, { minimize: 'bytesGzip' as const }],
      budget: { candidates: spend.candidates ?? points, wallClockMs: spend.wallClock ?? null },
    };
  });

type Frozen<T> = T extends string
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Frozen<T[Key]> }
      : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Does not compile where the schema and the types that workflows import have drifted apart. */
export const SCHEMA_IS_SWEEP_SPEC: Same<Frozen<z.output<typeof specSchema>>, SweepSpec> = true;
