import { impliedTask } from '../../core/models/task-output.js';
import { zooModel } from '../../core/models/zoo/index.js';
import { GRANULARITIES } from '../../core/pruning/granularities/index.js';
import { removedGroups } from '../../core/pruning/pruned-layers.js';
import { keyedStage } from '../../core/search/stage-key.js';
import type { Method, OptimizerSpec } from '../../core/sweep/spec.js';
import type { Stage, Training } from '../../core/sweep/stage.js';

const ADAM: OptimizerSpec = { adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } };
/** One epoch of few steps: what starts and ends a stage is measured, not its training. */
const TRAINING: Training = { epochs: 1, batchSize: 16, optimizer: ADAM };
const WEIGHTS: Method = { granularity: 'weight', criterion: 'magnitude', scope: 'global' };

/** Which shapes the models of a run get: those of a grid, which come again and again, another one each time that units go, or one. */
export type Shapes = (typeof SHAPES)[number];
export const SHAPES = ['grid', 'new', 'one'] as const;

/** Sparsities of the units in a grid: with two granularities all shapes were there after 20 stages. */
const GRID = [0.3, 0.6, 0.9] as const;

/** The stages of a run by number, from 1 on: the dense model, then what is pruned from it. No two are alike. */
export function stagesOf(model: string, dataset: string, shapes: Shapes): (number: number) => Stage {
  const dense = denseStage(model, dataset);
  const methods = shapes === 'one' ? [] : unitMethods(model);
  return (number) => (number === 1 ? dense : prunedStage(methods, shapes, dense, number));
}

/** The dense model that the others start from. */
function denseStage(model: string, dataset: string): Stage {
  const task = impliedTask(zooModel(model));
  const training = task === undefined ? TRAINING : { ...TRAINING, task };
  const operation = { kind: 'baseline', model: { zoo: model }, training, keepEpochs: [] } as const;
  return keyedStage({ parent: null, baseline: null, dataset, seed: 0, operation });
}

/** What units of a model can be removed. */
function unitMethods(model: string): Method[] {
  const topology = zooModel(model);
  return GRANULARITIES.all()
    .filter((granularity) => granularity.kind === 'units' && removedGroups(topology, granularity).length > 0)
    .map(({ name }): Method => ({ granularity: name, criterion: 'l1', scope: 'layer' }));
}

/** The stage with this number: every third one removes units, the others mask weights, each to another sparsity. */
function prunedStage(methods: readonly Method[], shapes: Shapes, dense: Stage, number: number): Stage {
  const round = Math.floor(number / 3);
  const removing = number % 3 === 2 ? methods[round % methods.length] : undefined;
  // The golden ratio spreads numbers evenly, however many there are.
  const anew = 0.2 + 0.7 * ((number * 0.618034) % 1);
  const ofGrid = GRID[Math.floor(round / methods.length) % GRID.length] ?? anew;
  const sparsity = removing !== undefined && shapes === 'grid' ? ofGrid : anew;
  const method = removing ?? WEIGHTS;
  const training = 'training' in dense.operation ? dense.operation.training : TRAINING;
  return keyedStage({
    ...{ parent: dense.key, baseline: dense.key, dataset: dense.dataset, seed: number },
    operation: { kind: 'prune', method, sparsity, schedule: 'oneShot', rewind: 'none', training },
  });
}
