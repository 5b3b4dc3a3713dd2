import { PrunefrontError } from '../errors.js';
import { type Block, removableBlocks, removeBlock } from '../models/blocks.js';
import type { Topology } from '../models/topology.js';
import type { Method } from '../sweep/spec.js';
import { shapeCost } from './model-costs.js';
import { ruleOf } from './selection/index.js';

/** Blocks that a method may remove as a whole: those of which no rule excludes a layer. */
export function prunedBlocks(topology: Topology, { layers: rules = [] }: Method): Block[] {
  return removableBlocks(topology).blocks.filter(({ layers }) =>
    layers.every((layer) => ruleOf(layer, rules).exclude !== true),
  );
}

/** The part of the baseline that a model without some layers still has, in what a method counts. */
export function partLeft(topology: Topology, baseline: Topology, { count = 'weights' }: Method): number {
  return shapeCost(topology, count) / shapeCost(baseline, count);
}

/** @throws PrunefrontError `PRUNEFRONT_SPARSITY_UNREACHABLE` where too much is left even without all that can go as a whole */
export function requireLayersReach(topology: Topology, method: Method, sparsity: number): void {
  const least = partLeft(withoutBlocks(topology, method), topology, method);
  if (least > 1 - sparsity) throw layersUnreachable(sparsity, least);
}

/**
 * The refusal of a sparsity.
 * @param least - part of the baseline that is left without all that can go as a whole
 */
export function layersUnreachable(sparsity: number, least: number): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_SPARSITY_UNREACHABLE', 'No removal of whole layers can reach this sparsity', {
    place: 'sparsity',
    found: String(sparsity),
    allowed: `at most ${Math.max(0, Math.floor((1 - least) * 1e4) / 1e4)}`,
  });
}

/** The model without all blocks that a method may remove, one after the other. */
function withoutBlocks(topology: Topology, method: Method): Topology {
  let least = topology;
  for (;;) {
    const [block] = prunedBlocks(least, method);
    if (block === undefined) return least;
    least = removeBlock({ topology: least, weights: [] }, block.name).topology;
  }
}
