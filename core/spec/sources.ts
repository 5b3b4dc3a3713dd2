import { z } from 'zod';
import { ZOO_NAMES } from '../models/zoo/index.js';
import type { Split } from '../sweep/spec.js';
import { problem } from './values.js';

const file = (description: string) => z.string().min(1).meta({ description });

/** `model`: one of the zoo, or a saved LayersModel. */
export const model = z
  .union([
    z.strictObject({ zoo: z.enum(ZOO_NAMES).meta({ description: 'A model that comes with Prunefront.' }) }),
    z.strictObject({
      file: file('The `model.json` of a saved tfjs LayersModel, relative to the spec; its weights lie beside it.'),
    }),
  ])
  .meta({ description: 'The model that the sweep starts from: one of the zoo, or your own.' });

const builtin = z.literal('mnist').meta({ description: 'Data that comes with Prunefront: 10,000 images of MNIST.' });

/** `dataset`: the built-in one, or files. */
export const dataset = z
  .union([
    builtin.transform((name) => ({ builtin: name })),
    z.strictObject({ builtin }),
    z.strictObject({
      idx: z
        .strictObject({ images: file('The images.'), labels: file('The labels.').exactOptional() })
        .meta({ description: "IDX files, MNIST's own format, plain or gzip." }),
    }),
    z.strictObject({
      csv: z
        .strictObject({
          file: file('The CSV file.'),
          label: z.string().min(1).meta({ description: 'Name of the column that holds the labels.' }),
        })
        .meta({
          description:
            'A CSV file with a header: a column of labels, all others numbers. Labels are whole numbers from 0, or names, which become classes in sorted order; for a regression any numbers.',
        }),
    }),
    z.strictObject({
      npz: z
        .strictObject({
          file: file('The NPZ file.'),
          x: z.string().min(1).meta({ description: 'Name of the array of examples.' }),
          y: z.string().min(1).exactOptional().meta({ description: 'Name of the array of labels or targets.' }),
        })
        .meta({ description: 'One NumPy archive.' }),
    }),
    z.strictObject({
      npy: z
        .strictObject({ x: file('The examples.'), y: file('The labels or targets.').exactOptional() })
        .meta({ description: 'Two NumPy arrays.' }),
    }),
  ])
  .meta({
    description:
      'Labelled examples: the built-in ones, or files. Paths are relative to the spec. A reconstruction needs no labels: `labels` and `y` may be left out. Unsigned bytes are fed to the model as value / 255, other numbers as they are.',
  });

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
