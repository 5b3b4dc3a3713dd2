import type { Tensor } from '@tensorflow/tfjs';
import { type Block, maskBlock, removeBlock } from '../../models/blocks.js';
import type { LayersModel } from '../../models/model-file.js';
import { type Evidence, scoredKernels, scoredLayers, unitScores, weightScores } from '../../pruning/criteria/index.js';
import { criterionOf } from '../../pruning/method.js';
import { layersUnreachable, partLeft, prunedBlocks } from '../../pruning/whole-layers.js';
import { settingsOf } from '../../registry/index.js';
import type { LayerSensitivity } from '../../sweep/observation.js';
import type { Method } from '../../sweep/spec.js';
import { factsOf } from '../stage-state.js';
import type { TrainingSession } from '../training-session.js';
import { type PruningContext, withEvidence } from './pruning-context.js';
import { provenDifference } from './removal-proof.js';

/**
 * Removes whole layers and residual branches, the least important first, until the target is met, and proves each removal: what is left must
 * give the outputs of the model in which the block does nothing.
 * @param probe - inputs [n, ...shape]
 * @throws PrunefrontError `PRUNEFRONT_SPARSITY_UNREACHABLE`, `PRUNEFRONT_SURGERY_MISMATCH`
 */
export async function pruneLayers(
  session: TrainingSession,
  context: PruningContext,
  sparsity: number,
  probe: Tensor,
): Promise<void> {
  const { method, baseline } = context;
  for (;;) {
    const left = partLeft(session.topology, baseline.topology, method);
    if (left <= 1 - sparsity) return;
    const block = await leastImportant(session, context);
    if (block === null) throw layersUnreachable(sparsity, left);
    await removeOne(session, block, probe);
  }
}

/** The block whose loss is least: by what a scan has measured, else by the mean score of its weights. */
async function leastImportant(session: TrainingSession, context: PruningContext): Promise<Block | null> {
  const model = session.state();
  const blocks = prunedBlocks(model.topology, context.method);
  if (context.sensitivity !== null) return lowest(blocks, (block) => measuredDrop(context.sensitivity ?? [], block));
  let found: Block | null = null;
  await withEvidence(session, context, (evidence) => {
    const scores = layerScores(model, context.method, evidence, new Set(blocks.flatMap(({ layers }) => layers)));
    found = lowest(blocks, ({ layers }) => importanceOf(layers.flatMap((layer) => scores.get(layer) ?? [])));
  });
  return found;
}

/** What a scan has measured of a block; one that was none then goes last. */
function measuredDrop(scan: readonly LayerSensitivity[], { name }: Block): number {
  return scan.find(({ layer }) => layer === name)?.curve[0]?.drop ?? Number.POSITIVE_INFINITY;
}

/** Mean scores of the kernels of each layer that is asked for, or of its units where the criterion knows only those. */
function layerScores(
  { topology, weights }: LayersModel,
  method: Method,
  evidence: Evidence,
  asked: ReadonlySet<string>,
): ReadonlyMap<string, readonly number[]> {
  const criterion = criterionOf(method);
  const settings = settingsOf(method.criterion);
  const scored =
    criterion.weights === undefined
      ? scoredLayers(topology, weights)
          .filter(({ layer }) => asked.has(layer))
          .map((layer) => [layer.layer, unitScores(criterion, layer, evidence, settings)] as const)
      : scoredKernels(topology, weights)
          .filter(({ layer }) => asked.has(layer))
          .map((kernel) => [kernel.layer, weightScores(criterion, kernel, evidence, settings)] as const);
  const means = new Map<string, number[]>();
  for (const [layer, scores] of scored) means.set(layer, [...(means.get(layer) ?? []), mean(scores)]);
  return means;
}

async function removeOne(session: TrainingSession, block: Block, probe: Tensor): Promise<void> {
  const state = session.state();
  const smaller = removeBlock(state, block.name);
  const difference = await provenDifference(session.settings.tf, maskBlock(state, block.name), smaller, probe);
  const kept = new Set(smaller.weights.map(({ name }) => name));
  const still = <Value>(entries: ReadonlyMap<string, Value>): Map<string, Value> =>
    new Map([...entries].filter(([name]) => kept.has(name)));
  await session.shrinkTo({
    ...smaller,
    slots: still(session.readSlots()),
    masks: still(state.masks),
    pruned: {
      ...factsOf(state),
      keptUnits: Object.fromEntries(Object.entries(state.keptUnits).filter(([layer]) => !block.layers.includes(layer))),
      removedLayers: [...state.removedLayers, ...block.layers],
      surgeryDifference: Math.max(state.surgeryDifference ?? 0, difference),
    },
  });
}

function lowest(blocks: readonly Block[], importance: (block: Block) => number): Block | null {
  let [best, least]: [Block | null, number] = [null, Number.POSITIVE_INFINITY];
  for (const block of blocks) {
    const own = importance(block);
    if (best === null || own < least) [best, least] = [block, own];
  }
  return best;
}

/** A block of which nothing is scored, as one depthwise convolution, goes last. */
function importanceOf(scores: readonly number[]): number {
  return scores.length === 0 ? Number.POSITIVE_INFINITY : mean(scores);
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return values.length === 0 ? 0 : sum / values.length;
}
