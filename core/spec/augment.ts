import { z } from 'zod';
import { count, problem } from './values.js';

const NOT_DONE = 'not done';

/** `baseline.augment`: how training examples are shown differently each time. */
export const augment = z
  .strictObject({
    shift: count(1).exactOptional().meta({
      description: 'Pixels that each image is moved by at most, in each direction; what comes in is zero.',
      absent: NOT_DONE,
    }),
    flip: z.enum(['horizontal', 'vertical', 'both']).exactOptional().meta({
      description: 'Mirrors half of the images left to right, top to bottom, or in each of both ways.',
      absent: NOT_DONE,
    }),
    crop: z.number().gt(0).lt(1).exactOptional().meta({
      description: 'Shows a random window of each image in its full size: at least this fraction of each side.',
      absent: NOT_DONE,
    }),
    noise: z.number().positive().exactOptional().meta({
      description: "Standard deviation of normal noise, in units of the model's input: bytes are 0 to 1 there.",
      absent: NOT_DONE,
    }),
  })
  .superRefine((given, context) => {
    if (Object.keys(given).length > 0) return;
    const params = { code: 'PRUNEFRONT_SPEC_MISSING', allowed: 'shift, flip, crop, noise' } as const;
    context.addIssue({ ...problem('An augmentation is asked for, but not which', params), input: given });
  })
  .meta({
    description:
      'How examples are shown differently each time, in every training; scores are of the examples as they are.',
    absent: 'as they are',
  });
