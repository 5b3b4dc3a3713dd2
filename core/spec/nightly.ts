import { z } from 'zod';
import { duration } from './values.js';

const folder = (description: string) => z.string().min(1).meta({ description });

const watch = z
  .union([
    z.strictObject({
      models: folder(
        'Folder that somebody saves models to. A night takes the newest `model.json`, of the folder itself or of a folder in it, whose weights are whole, in place of `model`.',
      ),
    }),
    z.strictObject({
      data: folder(
        'Folder that somebody puts data into. A night takes the newest in place of the files of `dataset`: a file of the same ending, or for `idx` and `npy` a folder with files of the same names. The published model is trained on with it for `baseline.epochs`; before anything is published, `model` is.',
      ),
    }),
  ])
  .meta({ description: 'What a night looks for.' });

const publish = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/)
      .meta({
        description: 'Name that stays the same over all versions.',
        allowed: 'letters, digits, `.`, `_` and `-`, at most 63, a letter or digit first',
      }),
    folder: z.string().min(1).nullable().default(null).meta({
      description: 'Folder that gets every version as `NAME/vN`, and `NAME/current`, which points to the one to use.',
    }),
    tolerance: z.number().min(0).lt(1).default(0).meta({
      description:
        'How much worse than what is published the selected candidate may be in the metric of `select.best`, else of the first objective: of accuracy, top-k, macroF1 and r2 as a fraction (0.005 is half a point), of other metrics relative to the published value.',
    }),
  })
  .meta({ description: 'Where the selected candidate goes.' });

const notify = z
  .strictObject({
    webhook: z
      .url({ protocol: /^https?$/ })
      .meta({ allowed: 'an http or https URL' })
      .nullable()
      .default(null)
      .meta({ description: 'URL that gets the record of the night as JSON by POST.' }),
    command: z.array(z.string().min(1)).default([]).meta({
      description:
        'Program and arguments that the orchestrator runs with the record as JSON on standard input. A program that begins with `./` or `../` is relative to the spec.',
    }),
    timeout: duration()
      .prefault('30s')
      .meta({ description: 'Time that one try of either may take; each is tried four times.' }),
  })
  .prefault({})
  .meta({ description: 'Who is told of the end of a night. A failure is reported and undoes nothing.' });

/** `nightly`: what `prunefront schedule create` makes nights of; a plain sweep does not look at it. */
export const nightly = z
  .strictObject({ watch, publish, notify })
  .transform(({ notify: { timeout, ...told }, ...given }) => ({ ...given, notify: { ...told, timeoutMs: timeout } }))
  .meta({ description: 'Compression every night; see nightly.md. A plain sweep of the spec takes no notice of it.' });
