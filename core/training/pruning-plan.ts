import type { Tensor } from '@tensorflow/tfjs';
import type { PreparedData } from '../datasets/prepare.js';
import { PrunefrontError } from '../errors.js';
import { foldConstants } from '../models/folding.js';
import { applyRemoval, planRemoval } from '../models/surgery.js';
import type { Topology } from '../models/topology.js';
import { gatherBatch } from '../network/batches.js';
import type { Tf } from '../network/tf.js';
import { resolveSchedule } from '../pruning/schedules/index.js';
import type { ArtifactStore } from '../store/artifact-store.js';
import type { Observation } from '../sweep/observation.js';
import type { Rewind } from '../sweep/spec.js';
import type { StageOperation } from '../sweep/stage.js';
import { within } from './profile/profile.js';
import { decodeState } from './stage-state.js';
import { type PruningPlan, totalSteps } from './train-loop.js';
import type { TrainingSession } from './training-session.js';
import { pruneUnits } from './unit-pruner.js';
import { pruneWeights } from './weight-pruner.js';

/** What a stage needs of the sweep's dense model. */
export interface BaselineReference {
  readonly topology: Topology;
  readonly observation: Observation;
  readonly rewindStates: Readonly<Record<string, string>>;
}

/** Examples that the smaller model is checked on. */
const PROBE_EXAMPLES = 32;

/** The plan of a prune stage; dispose it, it holds the probe batch. */
export function pruningPlan(
  tf: Tf,
  operation: Extract<StageOperation, { kind: 'prune' }>,
  data: PreparedData,
  baseline: BaselineReference,
  store: ArtifactStore,
): PruningPlan & { dispose(): void } {
  const { method, sparsity, training, rewind } = operation;
  const total = totalSteps(training, data.train.length);
  const schedule = resolveSchedule(operation.schedule, sparsity, total);
  const baselineUnits = Object.fromEntries(baseline.observation.layers.map(({ layer, units }) => [layer, units]));
  let probe: Tensor | null = null;
  return {
    target: sparsity,
    sparsityAt: (step) => (schedule.shouldPruneAt(step) ? schedule.sparsityAt(step) : null),
    isLastUpdate: (step) => step >= Math.min(schedule.lastStep, total),
    prune: (session, to) =>
      within(
        'prune',
        async () => {
          if (method.granularity === 'weight') return pruneWeights(session, method, to);
          if (probe === null) {
            const { x, y } = gatherBatch(tf, data, data.validation.slice(0, PROBE_EXAMPLES));
            y.dispose();
            probe = x;
          }
          await pruneUnits(session, method, to, baselineUnits, probe);
        },
        { sparsity: to, granularity: method.granularity },
      ),
    afterTarget: (session) => rewindWeights(session, rewind, baseline, store),
    dispose: () => probe?.dispose(),
  };
}

/** Puts the surviving weights back to what they were early in the baseline's training (Frankle and Carbin 2019, Renda et al. 2020). */
async function rewindWeights(
  session: TrainingSession,
  rewind: Rewind,
  baseline: BaselineReference,
  store: ArtifactStore,
): Promise<void> {
  if (rewind === 'none') return;
  const epoch = rewind === 'start' ? 0 : rewind.epoch;
  const key = baseline.rewindStates[String(epoch)];
  if (key === undefined) {
    throw new PrunefrontError('PRUNEFRONT_ARTIFACT_MISSING', `The baseline kept no weights of epoch ${epoch}`, {
      place: 'rewind',
    });
  }
  const early = decodeState(await store.getBlob(key));
  const { keptUnits, masks, topology } = session.state();
  const remove = Object.fromEntries(
    Object.entries(keptUnits).map(([layer, kept]) => {
      const still = new Set(kept);
      const units = baseline.observation.layers.find((entry) => entry.layer === layer)?.units ?? 0;
      return [layer, Array.from({ length: units }, (_, i) => i).filter((i) => !still.has(i))];
    }),
  );
  const plan = planRemoval(early.topology, remove);
  const { weights } = foldConstants(early.topology, early.weights, remove);
  session.writeWeights(new Map(weights.map((weight) => [weight.name, applyRemoval(plan, weight).values])));
  session.setMasks(masks, session.state().floorHit);
  if (topology.nodes.length !== plan.topology.nodes.length)
    throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'Rewinding changed the topology');
}
