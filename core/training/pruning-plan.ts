import type { Tensor } from '@tensorflow/tfjs';
import type { PreparedData } from '../datasets/prepare.js';
import { PrunefrontError } from '../errors.js';
import type { Topology } from '../models/topology.js';
import { gatherBatch } from '../network/batches.js';
import type { Tf } from '../network/tf.js';
import { resolveSchedule } from '../pruning/schedules/index.js';
import type { ArtifactStore } from '../store/artifact-store.js';
import type { Observation } from '../sweep/observation.js';
import type { Method } from '../sweep/spec.js';
import type { Stage, StageOperation } from '../sweep/stage.js';
import { within } from './profile/profile.js';
import { rewindWeights } from './rewind.js';
import { rigLRegrowth } from './rig-l.js';
import { type PruningPlan, totalSteps } from './train-loop.js';
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

/**
 * The plan of a prune stage; dispose it, it holds the probe batch.
 * @throws PrunefrontError `PRUNEFRONT_SPEC_CONFLICT` for dynamic sparse training of anything but single weights
 */
export function pruningPlan(
  tf: Tf,
  { key: stageKey }: Pick<Stage, 'key'>,
  operation: Extract<StageOperation, { kind: 'prune' }>,
  data: PreparedData,
  baseline: BaselineReference,
  store: ArtifactStore,
): PruningPlan & { dispose(): void } {
  const { method, sparsity, training, rewind } = operation;
  const total = totalSteps(training, data.train.length);
  const isDynamic = typeof operation.schedule === 'object' && 'rigL' in operation.schedule;
  if (isDynamic) requireSingleWeights(method);
  const regrowth = isDynamic ? rigLRegrowth(operation.schedule.rigL, total) : null;
  const schedule = resolveSchedule(isDynamic ? 'oneShot' : operation.schedule, sparsity, total);
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
    regrowth,
    afterTarget: (session) => rewindWeights(session, rewind, baseline, store, stageKey),
    dispose() {
      probe?.dispose();
      regrowth?.dispose();
    },
  };
}

function requireSingleWeights({ granularity }: Method): void {
  if (granularity === 'weight') return;
  throw new PrunefrontError('PRUNEFRONT_SPEC_CONFLICT', 'RigL exchanges single weights', {
    place: 'method.granularity',
    found: granularity,
    allowed: 'weight',
  });
}
