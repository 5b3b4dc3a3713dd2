import { requirePlugins } from '../../plugins/plugin-hashes.js';
import type { StageRecord } from '../../sweep/observation.js';
import type { Stage } from '../../sweep/stage.js';
import { joinFolds } from './join-folds.js';
import { scanStage } from './scan-stage.js';
import { scoreStage } from './score-stage.js';
import type { Finished, StageContext } from './stage-context.js';
import { trainStage } from './train-stage.js';

/**
 * Runs a stage to its record, or returns the record that the store has already. Safe to run twice, also at once: equal stages give
 * equal results, and every write is atomic.
 * @throws PrunefrontError with the typed cause of a stage that cannot work; `StageHandedOver`; the abort reason where the signal fires
 */
export async function runStage(stage: Stage, context: StageContext): Promise<StageRecord> {
  const { store } = context;
  const known = await store.getRecord(stage.key);
  if (known !== null) return known;
  requirePlugins(stage);
  const startedAt = new Date().toISOString();
  const finished = await finish(stage, context);
  const record: StageRecord = {
    stage,
    ...finished,
    startedAt,
    finishedAt: new Date().toISOString(),
    ranOn: context.ranOn,
  };
  await store.putRecord(record);
  await store.dropCheckpoints(stage.key);
  return record;
}

async function finish(stage: Stage, context: StageContext): Promise<Finished> {
  const { store, dataSets } = context;
  const { operation } = stage;
  if (operation.kind === 'folds') return joinFolds(operation.of, store);
  const data = await dataSets.load(store, stage.dataset);
  switch (operation.kind) {
    case 'scan':
      return scanStage({ ...stage, operation }, data, context);
    case 'score':
      return scoreStage({ ...stage, operation }, data, context);
    default:
      return trainStage({ ...stage, operation }, data, context);
  }
}
