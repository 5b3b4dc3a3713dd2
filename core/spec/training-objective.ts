import { z } from 'zod';
import { lossesOf } from '../training/objectives/losses/index.js';
import { pieceChoice } from './pieces.js';
import { problem } from './values.js';

const limit = (description: string) => z.number().positive().meta({ description });
const factor = (description: string) => z.number().positive().exactOptional().meta({ description });

const classWeights = z
  .union([
    z.literal('balanced'),
    z
      .array(z.number().min(0))
      .min(1)
      .refine((list) => list.some((weight) => weight > 0), {
        error: 'Weights of zero leave nothing to learn',
        params: { code: 'PRUNEFRONT_SPEC_CONFLICT', allowed: 'at least one weight more than 0' },
      }),
  ])
  .meta({
    description:
      'What the loss of an example is multiplied with in every training, by its class: a weight a class, or `balanced`, which gives every class the same say. The mean is over the number of examples, as in Keras.',
    absent: 'every example counts the same',
  });

const clip = z
  .union([
    z.strictObject({ globalNorm: limit('Largest norm of all gradients together.') }),
    z.strictObject({ norm: limit("Largest norm of each weight's gradient.") }),
    z.strictObject({ value: limit('Largest absolute entry of a gradient.') }),
  ])
  .meta({
    description: 'How gradients are made smaller before the optimizer sees them, in every training.',
    absent: 'they are not',
  });

const penalty = z
  .strictObject({
    l1: factor('Factor of the sum of absolute values over the kernels.'),
    l2: factor('Factor of the sum of squares over the kernels, as in Keras.'),
    gamma: factor('Factor of the sum of absolute scales of batch norm: network slimming (Liu et al. 2017).'),
  })
  .superRefine((given, context) => {
    if (Object.keys(given).length > 0) return;
    const params = { code: 'PRUNEFRONT_SPEC_MISSING', allowed: 'l1, l2, gamma' } as const;
    context.addIssue({ ...problem('A penalty needs a factor', params), input: given });
  })
  .meta({ description: 'What weights cost: it is added to the loss of every training.', absent: 'nothing' });

/** Keys of `baseline` that say what trainings make small. */
export const trainingObjective = {
  loss: pieceChoice(lossesOf('classification')).exactOptional().meta({
    description:
      'What every training of a classification makes small; other tasks name theirs in `task`. Scores are of cross-entropy in any case.',
    absent: 'softmaxCrossEntropy',
  }),
  classWeights: classWeights.exactOptional(),
  clip: clip.exactOptional(),
  penalty: penalty.exactOptional(),
};
