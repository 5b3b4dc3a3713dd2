import { z } from 'zod';

const huber = z.strictObject({
  huber: z
    .strictObject({
      delta: z
        .number()
        .positive()
        .default(1)
        .meta({ description: 'Error from which on it grows as the absolute one.' }),
    })
    .meta({ description: 'Squared for small errors, absolute for large ones (Huber 1964).' }),
});

const valueLosses = [z.literal('meanSquaredError'), z.literal('meanAbsoluteError'), huber] as const;

const LOSS = 'What every training makes small.';

const regression = z.strictObject({
  loss: z.union(valueLosses).default('meanSquaredError').meta({ description: LOSS }),
});

const reconstruction = z.strictObject({
  noise: z.number().min(0).default(0).meta({
    description:
      "Standard deviation of normal noise that is added to what the model sees, in units of its input: bytes are 0 to 1 there. In training it is another one each time, in scoring each example's own.",
  }),
  loss: z
    .union([...valueLosses, z.literal('binaryCrossEntropy')])
    .default('meanSquaredError')
    .meta({ description: `${LOSS} Binary cross-entropy is for a model that ends in a sigmoid.` }),
});

/** `task`: what the model is asked for. Classification is the absence of another one. */
export const task = z
  .union([
    z.literal('classification').transform(() => undefined),
    z.literal('regression').transform(() => ({ regression: regression.parse({}) })),
    z.literal('reconstruction').transform(() => ({ reconstruction: reconstruction.parse({}) })),
    z.strictObject({ regression: regression.meta({ description: 'The outputs are the targets of an example.' }) }),
    z.strictObject({
      reconstruction: reconstruction.meta({ description: 'The output is the input, without the noise.' }),
    }),
  ])
  .meta({
    description:
      'What the model is asked for, which decides its loss and its metrics. `classification`: a class; accuracy, top5, macroF1. `regression`: numbers; r2, mae. `reconstruction`: the input itself, without noise that is added to it; psnr, mse.',
    absent: 'classification',
  });
