import { join } from 'node:path';
import type { Stage, StageOperation, Training } from '../../core/sweep/stage.js';
import { storeModel } from '../../core/training/stages/initial-state.js';
import type { StageContext } from '../../core/training/stages/stage-context.js';
import { sequentialOf } from './tiny-networks.js';
import { savedModel, type TinySweep, tinySweep } from './tiny-sweep.js';

/** A network with everything that a stage carries from step to step: weights, Adam's slots, batch statistics, dropout's seeds. */
const STATEFUL = sequentialOf(
  [28, 28, 1],
  [
    {
      class_name: 'Conv2D',
      config: { name: 'conv', filters: 6, kernel_size: [5, 5], strides: [3, 3], activation: 'relu' },
    },
    { class_name: 'BatchNormalization', config: { name: 'norm' } },
    { class_name: 'Flatten', config: { name: 'flatten' } },
    { class_name: 'Dropout', config: { name: 'drop', rate: 0.3 } },
    { class_name: 'Dense', config: { name: 'hidden', units: 12, activation: 'relu' } },
    { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } },
  ],
);

/** What a stage of such a network does; its baseline, which trains as long, may be the stage itself. */
export type StatefulOperation = StageOperation | 'baseline';

/** A stage of such a network in a store of its own, ready to be run: its baseline has been. */
export async function statefulStage(
  folder: string,
  operation: StatefulOperation,
  training: Training,
  how: Partial<StageContext> = {},
): Promise<{ readonly sweep: TinySweep; readonly stage: Stage }> {
  const sweep = await tinySweep(folder);
  const stored = await storeModel(await savedModel(join(folder, 'model'), STATEFUL), sweep.store);
  const baseline = sweep.baseline({ stored }, [0, 1], training);
  if (operation === 'baseline') return { sweep, stage: baseline };
  await sweep.run(baseline, how);
  return { sweep, stage: sweep.child(baseline, operation) };
}
