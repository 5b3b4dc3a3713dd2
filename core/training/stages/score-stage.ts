import type { PreparedData } from '../../datasets/prepare.js';
import { PrunefrontError } from '../../errors.js';
import { requirePlugins } from '../../plugins/plugin-hashes.js';
import { trainedBy } from '../../sweep/folds.js';
import type { OperationOf, Stage } from '../../sweep/stage.js';
import { compressedRun } from '../compression/compressed-network.js';
import { openEngine } from '../engines/open-engine.js';
import { finiteScore } from './finite-score.js';
import { engineUsed } from './observe.js';
import { engineSettings, type Finished, handedOn, type StageContext } from './stage-context.js';
import { StageSources } from './stage-sources.js';

/** Scores the model of its parent on the test split. */
export async function scoreStage(
  stage: Stage<OperationOf<'score'>>,
  data: PreparedData,
  context: StageContext,
): Promise<Finished> {
  const sources = new StageSources(context.store);
  const parent = await sources.record(stage.parent);
  const state = await sources.state(stage.parent);
  const trained = trainedBy(parent.stage);
  requirePlugins(trained);
  const { operation } = trained;
  if (!('training' in operation))
    throw new PrunefrontError('PRUNEFRONT_INTERNAL', `A ${operation.kind} stage has trained no model`);
  const engine = await openEngine(state.topology, state.weights, {
    ...engineSettings(stage, operation.training, data, context),
    ...compressedRun(state),
    masksKernels: state.masks.size > 0,
  });
  try {
    return handedOn(parent, {
      ...parent.observation,
      test: finiteScore(engine.score(data.test), 'test'),
      ...(engine.eagerBecause === null ? {} : { engine: engineUsed(engine.eagerBecause) }),
    });
  } finally {
    engine.dispose();
  }
}
