import { prunableUnits } from '../../core/models/prunable.js';
import { zooModel } from '../../core/models/zoo/index.js';
import { keyedStage } from '../../core/search/stage-key.js';
import type { Method, OptimizerSpec } from '../../core/sweep/spec.js';
import type { Stage, Training } from '../../core/sweep/stage.js';

const ADAM: OptimizerSpec = { adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } };
/** One epoch of few steps: what starts and ends a stage is measured, not its training. */
const TRAINING: Training = { epochs: 1, batchSize: 16, optimizer: ADAM };
const WEIGHTS: Method = { granularity: 'weight', criterion: 'magnitude', scope: 'global' };

/**
 * The stages of a run by number, from 1 on: the dense model, then what is pruned from it. No two are alike.
 * @param weightsOnly - whether no units are removed, so that the shape stays
 */
export function stagesOf(model: string, dataset: string, weightsOnly: boolean): (number: number) => Stage {
  const dense = denseStage(model, dataset);
  const methods = weightsOnly ? [] : unitMethods(model);
  return (number) => (number === 1 ? dense : prunedStage(methods, dense, number));
}

/** The dense model that the others start from. */
function denseStage(model: string, dataset: string): Stage {
  const operation = { kind: 'baseline', model: { zoo: model }, training: TRAINING, keepEpochs: [] } as const;
  return keyedStage({ parent: null, baseline: null, dataset, seed: 0, operation });
}

/** What units of a model can be removed. */
function unitMethods(model: string): Method[] {
  const topology = zooModel(model);
  return (['filter', 'neuron', 'unit'] as const)
    .filter((granularity) => prunableUnits(topology, granularity).length > 0)
    .map((granularity): Method => ({ granularity, criterion: 'l1', scope: 'layer' }));
}

/** The stage with this number: every third one removes units to another sparsity, the others mask weights. */
function prunedStage(methods: readonly Method[], dense: Stage, number: number): Stage {
  const removes = number % 3 === 2 && methods.length > 0;
  const method = removes ? (methods[Math.floor(number / 3) % methods.length] ?? WEIGHTS) : WEIGHTS;
  // The golden ratio spreads numbers evenly, however many there are.
  const sparsity = 0.2 + 0.7 * ((number * 0.618034) % 1);
  return keyedStage({
    ...{ parent: dense.key, baseline: dense.key, dataset: dense.dataset, seed: number },
    operation: { kind: 'prune', method, sparsity, schedule: 'oneShot', rewind: 'none', training: TRAINING },
  });
}
