import { z } from 'zod';
import { lossesOf } from '../training/objectives/losses/index.js';
import { pieceChoice } from './pieces.js';

const LOSS = 'What every training makes small.';

const regression = z.strictObject({
  loss: pieceChoice(lossesOf('regression'))
    .default('meanSquaredError')
    .meta({ description: LOSS, absent: 'meanSquaredError' }),
});

const reconstruction = z.strictObject({
  noise: z.number().min(0).default(0).meta({
    description:
      "Standard deviation of normal noise that is added to what the model sees, in units of its input: bytes are 0 to 1 there. In training it is another one each time, in scoring each example's own.",
  }),
  loss: pieceChoice(lossesOf('reconstruction'))
    .default('meanSquaredError')
    .meta({ description: LOSS, absent: 'meanSquaredError' }),
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
      'What the model is asked for, which decides its loss and its metrics. `classification`: a class; accuracy, top5, macroF1, and top2, top3 or top10 where they are named. `regression`: numbers; r2, mae. `reconstruction`: the input itself, without noise that is added to it; psnr, mse.',
    absent: 'classification',
  });
