import type { PreparedData } from '../../datasets/prepare.js';
import type { TrainingObjective } from '../../sweep/spec.js';
import { type Clipping, clipByGlobalNorm, clipByNorm, clipByValue } from './clipping.js';
import { balancedWeights, classWeights } from './example-weights.js';
import { createLoss, createTaskLoss } from './losses/index.js';
import { type Objective, PLAIN_OBJECTIVE } from './objective.js';
import { gammaPenalty, l1Penalty, l2Penalty, type Penalty } from './penalties.js';

/** The objective that a spec describes, for the training examples of a data set. */
export function createObjective(
  { classWeights: given, clip, loss, penalty, task }: TrainingObjective,
  data: PreparedData,
): Objective {
  return {
    ...PLAIN_OBJECTIVE,
    ...(loss === undefined ? {} : { loss: createLoss(loss) }),
    ...(task === undefined ? {} : { loss: createTaskLoss(task) }),
    noise: task !== undefined && 'reconstruction' in task ? task.reconstruction.noise : null,
    weights: given === undefined ? null : classWeights(given === 'balanced' ? balancedWeights(data) : given),
    penalties: penalty === undefined ? [] : penaltiesOf(penalty),
    clipping: clip === undefined ? null : clippingOf(clip),
  };
}

function penaltiesOf({ l1, l2, gamma }: NonNullable<TrainingObjective['penalty']>): Penalty[] {
  return [
    ...(l1 === undefined ? [] : [l1Penalty(l1)]),
    ...(l2 === undefined ? [] : [l2Penalty(l2)]),
    ...(gamma === undefined ? [] : [gammaPenalty(gamma)]),
  ];
}

function clippingOf(clip: NonNullable<TrainingObjective['clip']>): Clipping {
  if ('globalNorm' in clip) return clipByGlobalNorm(clip.globalNorm);
  return 'norm' in clip ? clipByNorm(clip.norm) : clipByValue(clip.value);
}

export { TEACHER, teacherWeights } from './distillation.js';
export { lossOf, type Objective, PLAIN_OBJECTIVE, posed, variablesOf } from './objective.js';
