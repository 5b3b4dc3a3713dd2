import { type NamedTensor, valuesByName } from '../../models/named-tensor.js';
import { type Evidence, scoredKernels, weightScores } from '../../pruning/criteria/index.js';
import type { MaskGranularity } from '../../pruning/granularities/index.js';
import { type KernelScores, kernelMasks } from '../../pruning/kernel-masks.js';
import { criterionOf, scopeOf } from '../../pruning/method.js';
import { targetOf } from '../../pruning/pruned-layers.js';
import { roundSparsities } from '../../pruning/schedules/index.js';
import { ruleOf, rulesOnTheWay } from '../../pruning/selection/index.js';
import { settingsOf } from '../../registry/index.js';
import type { ModelState } from '../stage-state.js';
import type { TrainingSession } from '../training-session.js';
import { type PruningContext, withEvidence } from './pruning-context.js';

/**
 * Zeroes parts of kernels until the target is met: new masks from scores as they are now, put on weights and optimizer slots. A criterion of
 * several rounds scores what is left after each, on the way of a geometric schedule (Tanaka et al. 2020).
 * @throws PrunefrontError `PRUNEFRONT_SPARSITY_UNREACHABLE`, `PRUNEFRONT_SPEC_CONFLICT`
 */
export async function pruneMasks(
  session: TrainingSession,
  context: PruningContext,
  granularity: MaskGranularity,
  sparsity: number,
): Promise<void> {
  const { method, baseline, finalSparsity } = context;
  const choices = {
    granularity,
    granularitySettings: settingsOf(method.granularity),
    scope: scopeOf(method),
    scopeSettings: settingsOf(method.scope),
  };
  const rounds = criterionOf(method).rounds?.(settingsOf(method.criterion)) ?? 1;
  const sparsities = roundSparsities(sparsity, rounds);
  const state = session.state();
  const { topology, weights, masks: before } = state;
  const target = targetOf(state, baseline.topology, method);
  await withEvidence(session, context, async (evidence) => {
    let masks = before;
    let floorHit: ReadonlySet<string> = new Set();
    let now: readonly NamedTensor[] = weights;
    for (let round = 1; round <= rounds; round++) {
      const to = sparsities[round - 1] ?? sparsity;
      const kernels = kernelScores({ topology, weights: now, masks }, context, evidence);
      const rules = rulesOnTheWay(method.layers ?? [], finalSparsity === 0 ? 1 : to / finalSparsity);
      ({ masks, floorHit } = kernelMasks(kernels, choices, target(to), rules));
      if (round < rounds) {
        await context.tick();
        now = masked(weights, masks);
        evidence.writeWeights(valuesByName(now));
      }
    }
    session.setMasks(masks, [...floorHit]);
  });
}

/** Every kernel with the scores of its weights as they are; what a rule excludes is not scored. */
export function kernelScores(
  { topology, weights, masks }: Pick<ModelState, 'topology' | 'weights' | 'masks'>,
  { method, sensitivity }: PruningContext,
  evidence: Evidence,
): KernelScores[] {
  const criterion = criterionOf(method);
  const settings = settingsOf(method.criterion);
  return scoredKernels(topology, weights).map((kernel) => {
    const mask = masks.get(kernel.weight);
    const curve = sensitivity?.find(({ layer }) => layer === kernel.weight)?.curve;
    const isExcluded = ruleOf(kernel.layer, method.layers ?? []).exclude === true;
    return {
      ...kernel,
      scores: isExcluded ? new Float32Array(kernel.values.length) : weightScores(criterion, kernel, evidence, settings),
      ...(mask === undefined ? {} : { mask }),
      ...(curve === undefined ? {} : { sensitivity: curve }),
    };
  });
}

/** The weights with what their masks take as zeros. */
export function masked(weights: readonly NamedTensor[], masks: ReadonlyMap<string, Uint8Array>): NamedTensor[] {
  return weights.map((weight) => {
    const mask = masks.get(weight.name);
    return mask === undefined ? weight : { ...weight, values: weight.values.map((value, i) => value * (mask[i] ?? 1)) };
  });
}
