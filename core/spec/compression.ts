import { z } from 'zod';
import { COMPRESSIONS } from '../compression/index.js';
import type { Choice } from '../registry/index.js';
import { type CompressionPipeline, PRUNING_STEP } from '../sweep/compression.js';
import { pieceChoice } from './pieces.js';
import { count, learningRate, refuseRepetition } from './values.js';

const piece = pieceChoice(COMPRESSIONS).meta({ description: 'A compression after pruning.' });

const step = z.union([
  z.literal(PRUNING_STEP).meta({ description: 'The pruning, where it is not the first.' }),
  pieceChoice(COMPRESSIONS),
]);

const steps = z
  .array(step)
  .min(1)
  .transform((list, context): readonly Choice[] => {
    refuseRepetition(list, context);
    return list.includes(PRUNING_STEP) ? list : [PRUNING_STEP, ...list];
  })
  .meta({ description: 'What is done, in this order; pruning is the first where `prune` is not said.' });

const fineTune = z
  .strictObject({
    epochs: count(1).meta({ description: 'Epochs.' }),
    learningRate: learningRate().meta({ description: 'Its learning rate.' }),
  })
  .meta({
    description:
      'Training after each compression, in the form that it gave the model: at rounded weights and activations (quantization-aware training, Jacob et al. 2018), of the shared values of clusters (Han et al. 2016), of the factors.',
    absent: 'none',
  });

/** One pipeline, but for a list of steps. */
const pipeline = z.union([
  z
    .literal('none')
    .transform((): CompressionPipeline => ({ steps: [PRUNING_STEP] }))
    .meta({ description: 'Pruning alone.' }),
  piece.transform((one): CompressionPipeline => ({ steps: [PRUNING_STEP, one] })),
  z.strictObject({ steps, fineTune: fineTune.exactOptional() }).transform((given): CompressionPipeline => given),
]);

/** `space.compression`: pipelines beside pruning, one or a list of which each may be a list of steps. */
export const compression = z
  .union([
    pipeline,
    z.array(z.union([pipeline, steps.transform((list): CompressionPipeline => ({ steps: list }))])).min(1),
  ])
  .transform((value, context): CompressionPipeline[] => {
    const list = Array.isArray(value) ? value : [value];
    refuseRepetition(list, context);
    return list;
  })
  .meta({
    description:
      'Compressions beside pruning: `none`, one, `{ steps, fineTune }`, or a list of pipelines, in which a list within is the steps of one.',
    absent: 'none',
  });
