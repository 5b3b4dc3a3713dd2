import type { Tensor } from '@tensorflow/tfjs';
import { PrunefrontError } from '../../errors.js';
import { gatherBatch } from '../../network/batches.js';
import type { Tf } from '../../network/tf.js';
import { resolveSchedule } from '../../pruning/schedules/index.js';
import { describeChoice, nameOf } from '../../registry/index.js';
import type { ArtifactStore } from '../../store/artifact-store.js';
import { describeMethod } from '../../sweep/describe-method.js';
import type { Method } from '../../sweep/spec.js';
import type { OperationOf, Stage } from '../../sweep/stage.js';
import { within } from '../profile/profile.js';
import { type PruningPlan, totalSteps } from '../train-loop.js';
import { pruneModel } from './prune-model.js';
import type { PruningContext } from './pruning-context.js';
import { rewindWeights } from './rewind.js';
import { regrowthOf } from './rig-l.js';

/** Examples that the smaller model is checked on. */
const PROBE_EXAMPLES = 32;

/** A plan that holds a probe batch; dispose it. */
export interface HeldPlan extends PruningPlan {
  dispose(): void;
}

/**
 * The plan of a prune stage.
 * @throws PrunefrontError `PRUNEFRONT_SPEC_CONFLICT` for dynamic sparse training of anything but single weights
 */
export function pruningPlan(
  tf: Tf,
  { key: stageKey, seed }: Pick<Stage, 'key' | 'seed'>,
  operation: OperationOf<'prune'>,
  about: Pick<PruningContext, 'data' | 'baseline' | 'sensitivity' | 'tick'>,
  store: ArtifactStore,
): HeldPlan {
  const { method, sparsity, training, rewind } = operation;
  const { data, baseline } = about;
  const total = totalSteps(training, data.train.length);
  const schedule = resolveSchedule(operation.schedule, sparsity, total);
  const regrowth = regrowthOf(schedule);
  if (regrowth !== null) requireSingleWeights(method);
  const context: PruningContext = {
    ...about,
    ...{ method, finalSparsity: sparsity, seed, rewinds: rewind !== 'none' },
  };
  let probe: Tensor | null = null;
  const probeOnce = (): Tensor => {
    if (probe !== null) return probe;
    const { x, y } = gatherBatch(tf, data, data.validation.slice(0, PROBE_EXAMPLES));
    y.dispose();
    probe = x;
    return x;
  };
  return {
    target: sparsity,
    sparsityAt: (step) => (schedule.shouldPruneAt(step) ? schedule.sparsityAt(step) : null),
    isLastUpdate: (step) => step >= Math.min(schedule.lastStep, total),
    prune: (session, to) =>
      within('prune', () => pruneModel(session, context, to, probeOnce), {
        sparsity: to,
        method: describeMethod(method),
      }),
    regrowth,
    afterTarget: (session) => rewindWeights(session, rewind, baseline, store, stageKey),
    dispose() {
      probe?.dispose();
      regrowth?.dispose();
    },
  };
}

function requireSingleWeights({ granularity }: Method): void {
  if (nameOf(granularity) === 'weight') return;
  throw new PrunefrontError('PRUNEFRONT_SPEC_CONFLICT', 'RigL exchanges single weights', {
    place: 'method.granularity',
    found: describeChoice(granularity),
    allowed: 'weight',
  });
}
