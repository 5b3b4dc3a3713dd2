import { z } from 'zod';
import { learningRateSchedule } from './learning-rate-schedule.js';
import { count, learningRate } from './values.js';

const earlyStop = z
  .strictObject({
    patience: count(1).meta({ description: 'Epochs without a better one after which the training ends.' }),
    minDelta: z.number().min(0).default(0).meta({ description: 'How much less a loss has to be to be better.' }),
  })
  .meta({
    description:
      'Ends each training early where the loss on validation falls no more, looked at after every epoch from the last pruning on. The weights of the best epoch are kept, whether it ends early or not.',
    absent: 'every epoch is run and the last weights are kept',
  });

const distill = z
  .strictObject({
    temperature: z.number().positive().meta({
      description: 'What the logits of both are divided by: the higher, the more the small probabilities count.',
    }),
    weight: z
      .number()
      .gt(0)
      .max(1)
      .meta({ description: 'Share of the baseline in the loss; the labels have the rest.' }),
  })
  .meta({
    description: 'Learning from the outputs of the dense baseline beside the labels (Hinton et al. 2015).',
    absent: 'from the labels alone',
  });

const batchNorm = z
  .strictObject({ batches: count(1).meta({ description: 'Batches; no more than an epoch has.' }) })
  .meta({
    description:
      'Estimates the moving statistics of batch norm anew at the end of each stage, as the mean over training batches (EagleEye, Li et al. 2020). It needs no epochs.',
    absent: 'they are what training made of them',
  });

/** `space.recovery`: what follows pruning. */
export const recovery = z.strictObject({
  epochs: count(0).meta({
    description: 'Epochs of retraining after pruning, or while it goes on; 0 is no training at all.',
  }),
  learningRate: learningRate().meta({ description: 'Its learning rate.' }),
  schedule: learningRateSchedule.exactOptional(),
  earlyStop: earlyStop.exactOptional(),
  distill: distill.exactOptional(),
  batchNorm: batchNorm.exactOptional(),
});
