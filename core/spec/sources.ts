import { z } from 'zod';
import { READERS } from '../datasets/index.js';
import { MNIST } from '../datasets/mnist.js';
import { MODELS } from '../models/zoo/index.js';
import type { DatasetSource, Split } from '../sweep/spec.js';
import { describedSettings, pieceChoice } from './pieces.js';
import { problem } from './values.js';

const file = (description: string) => z.string().min(1).meta({ description });

/** `model`: one of the zoo, or a saved LayersModel. */
export const model = z
  .union([
    z.strictObject({
      zoo: z.lazy(() =>
        z
          .enum(MODELS.names())
          .meta({ pieces: true, description: 'A model that comes with Prunefront, or with a plugin.' }),
      ),
    }),
    z.strictObject({
      file: file('The `model.json` of a saved tfjs LayersModel, relative to the spec; its weights lie beside it.'),
    }),
  ])
  .meta({ description: 'The model that the sweep starts from: one of the zoo, or your own.' });

const builtin = z.literal(MNIST.name).meta({ description: MNIST.summary });

/** `dataset`: the built-in one, or files. Its forms are those of the registered readers, when it is first used. */
export const dataset: z.ZodType<DatasetSource, unknown> = z.lazy(() => {
  const own = READERS.all().filter(({ name }) => READERS.originOf(name) !== null);
  const files = READERS.all().filter((reader) => reader !== MNIST && !own.includes(reader));
  const forms = [
    builtin.meta({ pieces: true, description: MNIST.summary }).transform((name) => ({ builtin: name })),
    z.strictObject({ builtin }),
    ...files.map((reader) => z.strictObject({ [reader.name]: describedSettings(reader) })),
    ...(own.length === 0
      ? []
      : [pieceChoice({ all: () => own, get: (name) => READERS.get(name) }).transform((reader) => ({ reader }))]),
  ];
  return z.union(forms).meta({
    description:
      'Labelled examples: the built-in ones, or files. Paths are relative to the spec. A reconstruction needs no labels: `labels` and `y` may be left out. Unsigned bytes are fed to the model as value / 255, other numbers as they are.',
  }) as z.ZodType;
}) as z.ZodType<DatasetSource, unknown>;

/** `split`: fractions for validation and test, or folds in place of validation. */
export const split = z
  .strictObject({
    validation: z.number().gt(0).lt(1).exactOptional().meta({
      description: 'Fraction that the search measures on.',
      absent: '0.1; none with `folds`',
    }),
    folds: z.number().int().min(2).max(20).exactOptional().meta({
      description:
        'Cross-validation in place of the validation split: everything is trained once for each fold, and the search sees the mean over the folds.',
      absent: 'no folds',
    }),
    test: z.number().gt(0).lt(1).default(0.2).meta({ description: 'Fraction that only the finalists are scored on.' }),
    seed: z.number().int().min(0).max(4_294_967_295).default(1).meta({ description: 'Seed of the shuffling.' }),
  })
  .transform(({ validation, folds, ...rest }, context): Split => {
    if (folds === undefined) return { validation: validation ?? 0.1, ...rest };
    if (validation === undefined) return { folds, ...rest };
    const params = { code: 'PRUNEFRONT_SPEC_CONFLICT', allowed: 'validation or folds' } as const;
    context.addIssue({
      ...problem('Folds take the place of the validation split', params, ['folds']),
      input: folds,
    });
    return z.NEVER;
  })
  .prefault({})
  .meta({
    description: 'How the examples are split, by label in equal proportions where they have classes; the rest trains.',
  });
