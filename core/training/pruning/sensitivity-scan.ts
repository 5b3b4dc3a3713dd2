import { removeBlock } from '../../models/blocks.js';
import { foldConstants } from '../../models/folding.js';
import { removalOf } from '../../models/groups.js';
import { type NamedTensor, valuesByName } from '../../models/named-tensor.js';
import type { Evidence } from '../../pruning/criteria/index.js';
import type { MaskGranularity, UnitGranularity } from '../../pruning/granularities/index.js';
import { kernelMasks } from '../../pruning/kernel-masks.js';
import { criterionOf, granularityOf } from '../../pruning/method.js';
import { remainingGroups } from '../../pruning/pruned-layers.js';
import { SCOPES } from '../../pruning/scopes/index.js';
import { selectAtoms } from '../../pruning/selection/index.js';
import { prunedBlocks } from '../../pruning/whole-layers.js';
import { settingsOf } from '../../registry/index.js';
import type { LayerSensitivity } from '../../sweep/observation.js';
import { mainScore } from '../../sweep/task.js';
import { openEngine } from '../engines/open-engine.js';
import type { TrainingSession } from '../training-session.js';
import { kernelScores, masked } from './prune-masks.js';
import { scoredGroups, zerosOf } from './prune-units.js';
import { type PruningContext, withEvidence } from './pruning-context.js';

/** Sparsities that each layer is tried at. */
const SCANNED_SPARSITIES = [0.25, 0.5, 0.75, 0.9, 0.95, 0.99] as const;

/** A layer pruned alone: weights that differ from the model's. */
interface Trial {
  readonly layer: string;
  readonly sparsity: number;
  readonly weights: readonly NamedTensor[];
}

/**
 * Measures what pruning each layer alone costs in the task's main metric on validation, without retraining; the model is what it was afterwards (Li et
 * al. 2017).
 */
export async function scanSensitivity(session: TrainingSession, context: PruningContext): Promise<LayerSensitivity[]> {
  const curves = new Map<string, { sparsity: number; drop: number }[]>();
  const { weights } = session.state();
  const { validation } = context.data;
  const before = mainScore(session.score(validation));
  const granularity = granularityOf(context.method);
  if (granularity.kind === 'layers') return scanBlocks(session, context, before);
  await withEvidence(session, context, async (evidence) => {
    const trials =
      granularity.kind === 'mask'
        ? maskTrials(session, context, granularity, evidence)
        : unitTrials(session, context, granularity, evidence);
    for (const trial of trials) {
      session.writeWeights(valuesByName(trial.weights));
      const drop = before - mainScore(session.score(validation));
      curves.set(trial.layer, [...(curves.get(trial.layer) ?? []), { sparsity: trial.sparsity, drop }]);
      session.writeWeights(valuesByName(weights));
      await context.tick();
    }
  });
  return [...curves].map(([layer, curve]) => ({ layer, curve }));
}

/** What it costs to do without each block. */
async function scanBlocks(
  session: TrainingSession,
  { method, data, tick }: PruningContext,
  before: number,
): Promise<LayerSensitivity[]> {
  const state = session.state();
  const found: LayerSensitivity[] = [];
  for (const { name } of prunedBlocks(state.topology, method)) {
    const { topology, weights } = removeBlock(state, name);
    const engine = await openEngine(topology, weights, session.settings);
    try {
      found.push({ layer: name, curve: [{ sparsity: 1, drop: before - mainScore(engine.score(data.validation)) }] });
    } finally {
      engine.dispose();
    }
    await tick();
  }
  return found;
}

function* maskTrials(
  session: TrainingSession,
  context: PruningContext,
  granularity: MaskGranularity,
  evidence: Evidence,
): Generator<Trial> {
  const state = session.state();
  const granularitySettings = settingsOf(context.method.granularity);
  const choices = { granularity, granularitySettings, scope: SCOPES.get('layer'), scopeSettings: {} };
  for (const kernel of kernelScores(state, context, evidence)) {
    const weight = state.weights.find(({ name }) => name === kernel.weight);
    for (const sparsity of SCANNED_SPARSITIES) {
      const mask = kernelMasks([kernel], choices, { sparsity, count: 'units' }).masks.get(kernel.weight);
      if (weight === undefined || mask === undefined) continue;
      yield { layer: kernel.weight, sparsity, weights: masked([weight], new Map([[kernel.weight, mask]])) };
    }
  }
}

function* unitTrials(
  session: TrainingSession,
  context: PruningContext,
  granularity: UnitGranularity,
  evidence: Evidence,
): Generator<Trial> {
  const state = session.state();
  const { unfit } = criterionOf(context.method);
  // Candidates whose rules exclude what the criterion can't score share the scan with others.
  const layers = remainingGroups(state, context.baseline.topology, granularity)
    .filter(({ members }) => members.some(({ layer }) => (unfit?.(state.topology, layer) ?? null) !== null))
    .map(({ name }) => ({ pattern: name, exclude: true }));
  const scorable = { ...context, method: { ...context.method, layers } };
  const { groups, compared } = scoredGroups(state, scorable, granularity, evidence);
  for (const [i, group] of groups.entries()) {
    const layer = compared[i];
    if (layer === undefined || layers.some(({ pattern }) => pattern === group.name)) continue;
    for (const sparsity of SCANNED_SPARSITIES) {
      const { keep } = selectAtoms([layer], SCOPES.get('layer'), {}, { sparsity, count: 'units' });
      const gone = zerosOf(keep[0] ?? new Uint8Array());
      const { masked } = foldConstants(state.topology, state.weights, removalOf(group, gone));
      yield { layer: group.name, sparsity, weights: masked };
    }
  }
}
