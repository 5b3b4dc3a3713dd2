import { PrunefrontError } from '../../errors.js';
import { initialWeights } from '../../models/initial-weights.js';
import { type NamedTensor, valuesByName } from '../../models/named-tensor.js';
import { complement } from '../../models/slices.js';
import { applyRemoval, planRemoval } from '../../models/surgery.js';
import type { ArtifactStore } from '../../store/artifact-store.js';
import type { StartingPoint } from '../../sweep/schedule.js';
import type { OperationOf } from '../../sweep/stage.js';
import { earlierState } from '../earlier-state.js';
import type { TrainingSession } from '../training-session.js';
import type { BaselineReference } from './pruning-context.js';

/**
 * Puts other weights in the place of those that survived, under the same masks: what they were early in the baseline's training (Frankle
 * and Carbin 2019), or weights that are drawn anew.
 * @param stageKey - what the drawn weights follow from
 * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_MISSING`
 */
export async function rewindWeights(
  session: TrainingSession,
  rewind: OperationOf<'prune'>['rewind'],
  baseline: BaselineReference,
  store: ArtifactStore,
  stageKey: string,
): Promise<void> {
  if (rewind === 'none') return;
  const weights =
    rewind === 'random'
      ? initialWeights(session.topology, seedOf(stageKey))
      : await survivingOf(session, rewind, baseline, store);
  const { masks, floorHit } = session.state();
  session.writeWeights(valuesByName(weights));
  session.setMasks(masks, floorHit);
}

/** A seed of its own for each stage: that of the sweep would draw the baseline's weights again. */
function seedOf(stageKey: string): number {
  return Number.parseInt(stageKey.slice(0, 8), 16);
}

/** What the units, or the layers, that are left had then. */
async function survivingOf(
  session: TrainingSession,
  point: StartingPoint,
  baseline: BaselineReference,
  store: ArtifactStore,
): Promise<NamedTensor[]> {
  const early = await earlierState(baseline, point, store);
  const { keptUnits, removedLayers, topology, weights } = session.state();
  if (removedLayers.length > 0) {
    const left = new Set(weights.map(({ name }) => name));
    return early.weights.filter(({ name }) => left.has(name));
  }
  const remove = Object.fromEntries(
    Object.entries(keptUnits).map(([layer, kept]) => {
      const units = baseline.observation.layers.find((entry) => entry.layer === layer)?.units ?? 0;
      return [layer, complement(kept, units)];
    }),
  );
  const plan = planRemoval(early.topology, remove);
  if (topology.nodes.length !== plan.topology.nodes.length)
    throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'Rewinding changed the topology');
  return early.weights.map((weight) => applyRemoval(plan, weight));
}
