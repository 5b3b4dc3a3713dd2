import type { Tensor } from '@tensorflow/tfjs';
import { PrunefrontError } from '../errors.js';
import { foldConstants } from '../models/folding.js';
import type { NamedTensor } from '../models/named-tensor.js';
import { prunableUnits } from '../models/prunable.js';
import { applyRemoval, planRemoval, type RemovalPlan } from '../models/surgery.js';
import { Network } from '../network/network.js';
import { unitCriterion } from '../pruning/criteria/index.js';
import { unitsToRemove } from '../pruning/units-to-remove.js';
import type { Method } from '../sweep/spec.js';
import type { TrainingSession } from './training-session.js';

/** Largest output difference, relative to the largest output, that float32 summation in another order explains. */
export const SURGERY_TOLERANCE = 1e-4;

/** Units of each layer of the baseline, before anything was removed. */
export type BaselineUnits = Readonly<Record<string, number>>;

/**
 * Removes units physically until `sparsity` of the baseline's are gone, folds what they still give into biases, and proves it: the smaller
 * model must give the masked model's outputs on the probe batch.
 * @param probe - inputs [n, ...shape]
 * @throws PrunefrontError `PRUNEFRONT_SURGERY_MISMATCH`, `PRUNEFRONT_NOT_REMOVABLE`, `PRUNEFRONT_IMPOSSIBLE_SHAPE`
 */
export async function pruneUnits(
  session: TrainingSession,
  method: Exclude<Method, { granularity: 'weight' }>,
  sparsity: number,
  baselineUnits: BaselineUnits,
  probe: Tensor,
): Promise<void> {
  const { topology, weights, masks, keptUnits, floorHit, surgeryDifference } = session.state();
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  const score = unitCriterion(method.criterion);
  const layers = prunableUnits(topology, method.granularity).map(({ layer, weight, units }) => ({
    layer,
    scores: score((byName.get(weight) as NamedTensor).values, units),
    baselineUnits: baselineUnits[layer] ?? units,
  }));
  const { remove, floorHit: floors } = unitsToRemove(layers, sparsity, method.scope);
  const allFloors = [...new Set([...floorHit, ...floors])];
  if (Object.values(remove).every((units) => units.length === 0)) {
    session.setMasks(masks, allFloors);
    return;
  }
  const folded = foldConstants(topology, weights, remove);
  const plan = planRemoval(topology, remove);
  const smaller = folded.weights.map((weight) => applyRemoval(plan, weight));
  const difference = await outputDifference(session, plan, folded.masked, smaller, probe);
  const shapes = new Map(weights.map(({ name, shape }) => [name, shape]));
  const cut = <T extends Float32Array | Uint8Array>(name: string, values: T): T =>
    applyRemoval(plan, { name, shape: shapes.get(name) ?? [], values }).values as T;
  await session.shrinkTo({
    topology: plan.topology,
    weights: smaller,
    slots: new Map([...session.readSlots()].map(([name, own]) => [name, own.map((slot) => cut(name, slot))])),
    masks: new Map([...masks].map(([name, mask]) => [name, cut(name, mask)])),
    pruned: {
      keptUnits: composeKept(keptUnits, plan.keptUnits, baselineUnits),
      floorHit: allFloors,
      surgeryDifference: Math.max(surgeryDifference ?? 0, difference),
    },
  });
}

/** Indices into the baseline of what is kept now, from what was kept before and what of that is kept now. */
function composeKept(
  before: Readonly<Record<string, readonly number[]>>,
  now: Readonly<Record<string, readonly number[]>>,
  baselineUnits: BaselineUnits,
): Record<string, readonly number[]> {
  const composed: Record<string, readonly number[]> = { ...before };
  for (const [layer, kept] of Object.entries(now)) {
    const previous = before[layer] ?? Array.from({ length: baselineUnits[layer] ?? 0 }, (_, i) => i);
    composed[layer] = kept.map((i) => previous[i] ?? i);
  }
  return composed;
}

/** Largest absolute difference between the masked full-size model's and the smaller model's outputs on the probe. */
async function outputDifference(
  session: TrainingSession,
  plan: RemovalPlan,
  maskedWeights: readonly NamedTensor[],
  smallerWeights: readonly NamedTensor[],
  probe: Tensor,
): Promise<number> {
  const { tf } = session.settings;
  const masked = await Network.build(tf, session.topology, maskedWeights);
  const small = await Network.build(tf, plan.topology, smallerWeights);
  try {
    const { difference, scale } = tf.tidy(() => {
      const expected = masked.forward(probe, null);
      const found = small.forward(probe, null);
      return {
        difference: expected.sub(found).abs().max().dataSync()[0] as number,
        scale: Math.max(1, expected.abs().max().dataSync()[0] as number),
      };
    });
    if (!(difference <= SURGERY_TOLERANCE * scale)) {
      throw new PrunefrontError(
        'PRUNEFRONT_SURGERY_MISMATCH',
        'The smaller model does not give the masked model’s outputs',
        {
          found: `a difference of ${difference} where outputs go up to ${scale}`,
          allowed: `at most ${SURGERY_TOLERANCE * scale}`,
        },
      );
    }
    return difference;
  } finally {
    masked.dispose();
    small.dispose();
  }
}
