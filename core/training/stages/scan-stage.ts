import type { PreparedData } from '../../datasets/prepare.js';
import type { OperationOf, Stage } from '../../sweep/stage.js';
import { requireUnencoded } from '../compression/compress-state.js';
import { scanSensitivity } from '../pruning/sensitivity-scan.js';
import { TrainingSession } from '../training-session.js';
import {
  baselineReference,
  engineSettings,
  type Finished,
  handedOn,
  NOTHING_YET,
  type StageContext,
  secondsBefore,
  ticking,
} from './stage-context.js';
import { StageSources } from './stage-sources.js';

/** Measures what pruning each layer alone costs; the model stays what it is. */
export async function scanStage(
  stage: Stage<OperationOf<'scan'>>,
  data: PreparedData,
  context: StageContext,
): Promise<Finished> {
  const { method, training } = stage.operation;
  const sources = new StageSources(context.store);
  const parent = await sources.record(stage.parent);
  const state = await sources.state(stage.parent);
  requireUnencoded(state);
  const baseline = await baselineReference(sources, stage.baseline, state);
  const start = { state, slots: new Map(), step: 0 };
  const settings = engineSettings(stage, training, data, context);
  const session = await TrainingSession.resume(start, { ...settings, masksKernels: state.masks.size > 0 });
  const tick = ticking(context, () => NOTHING_YET);
  const about = { method, finalSparsity: 1, data, baseline, sensitivity: null, seed: stage.seed, rewinds: false, tick };
  const started = performance.now();
  try {
    const sensitivity = await scanSensitivity(session, about);
    const deviceSeconds = secondsBefore(stage, parent.observation) + (performance.now() - started) / 1000;
    return handedOn(parent, { ...parent.observation, sensitivity, deviceSeconds });
  } finally {
    session.dispose();
  }
}
