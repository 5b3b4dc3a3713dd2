import type { PreparedData } from '../../datasets/prepare.js';
import type { Stage, Training } from '../../sweep/stage.js';
import type { EngineSettings } from '../engines/open-engine.js';
import { learningRateFactor } from '../optimizers/index.js';
import type { StageSources } from './stage-sources.js';

/** What an engine needs for the recovery of a candidate: how its learning rate goes, and the dense baseline as its teacher. */
export async function recoverySettings(
  { baseline }: Stage,
  { schedule, distill, epochs, batchSize }: Training,
  { train }: PreparedData,
  sources: StageSources,
): Promise<Pick<EngineSettings, 'learningRateFactor' | 'distillation'>> {
  const perEpoch = Math.ceil(train.length / batchSize);
  return {
    ...(schedule === undefined ? {} : { learningRateFactor: learningRateFactor(schedule, epochs, perEpoch) }),
    ...(distill === undefined
      ? {}
      : {
          distillation: {
            teacher: await sources.state(baseline),
            temperature: distill.temperature,
            alpha: distill.weight,
          },
        }),
  };
}
