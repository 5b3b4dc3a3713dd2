import { PrunefrontError } from '../errors.js';
import { type Block, removableBlocks } from '../models/blocks.js';
import { isFrozen } from '../models/frozen.js';
import { memberNames } from '../models/groups.js';
import { stuckUnits } from '../models/stuck-units.js';
import type { Topology } from '../models/topology.js';
import { CRITERIA, scoredLayers } from '../pruning/criteria/index.js';
import { GRANULARITIES, type MaskGranularity, type UnitGranularity } from '../pruning/granularities/index.js';
import { countOf, criterionOf, granularityOf, scopeOf } from '../pruning/method.js';
import { maskedKernels, removedGroups, targetOf, unscoredLayers } from '../pruning/pruned-layers.js';
import { isCompared, reachCheck, ruleOf } from '../pruning/selection/index.js';
import { prunedBlocks, requireLayersReach } from '../pruning/whole-layers.js';
import { defaultsOf, describeChoice, settingsOf } from '../registry/index.js';
import type { LayerRule, Method, SweepSpec } from '../sweep/spec.js';
import { itemPath } from './item-path.js';
import { type Problem, problemAt } from './problems.js';
import type { SpecPath, YamlSource } from './yaml-source.js';

/** Tells what is wrong at a key of a method. */
type Tell = (key: keyof Method, message: string, allowed: string, found?: string) => Problem;

/** Methods that the model's layers can't have, and sparsities that they can't reach. */
export function methodConflicts({ space }: SweepSpec, topology: Topology, source: YamlSource): Problem[] {
  return space.method.flatMap((method, i) => {
    const path = itemPath(source, ['space', 'method'], i);
    const tell: Tell = (key, message, allowed, found) =>
      problemAt(source, [...path, key], 'PRUNEFRONT_SPEC_CONFLICT', message, {
        allowed,
        ...(found === undefined ? {} : { found }),
      });
    const ofPieces = [...pieceConflicts(method, tell), ...layerConflicts(method, topology, tell)];
    if (ofPieces.length > 0) return ofPieces;
    return reachConflicts(method, space.sparsity, topology, source, path);
  });
}

/** Pieces that do not go together, whatever the model. */
function pieceConflicts(method: Method, tell: Tell): Problem[] {
  const granularity = granularityOf(method);
  const criterion = criterionOf(method);
  const scope = scopeOf(method);
  const problems: Problem[] = [];
  const torn = method.layers?.find((rule) => rule.exclude === true && !isBare(rule));
  if (torn !== undefined)
    problems.push(
      tell(
        'layers',
        `${torn.pattern} is left as it is, and so has no sparsity or floor`,
        'exclude alone',
        describeRule(torn),
      ),
    );
  if (granularity.kind === 'mask' && criterion.weights === undefined) {
    const others = CRITERIA.all().filter(({ weights }) => weights !== undefined);
    const allowed = others.map(({ name }) => name).join(', ');
    problems.push(tell('criterion', `${criterion.name} scores units and not single weights`, allowed));
  }
  if (criterion.tracksMovement === true && scope.needsSensitivity === true && granularity.kind !== 'layers')
    problems.push(tell('scope', 'A scan trains nothing, and so nothing moves in it', 'layer, global, erk, lamp'));
  const shared = method.layers?.find((rule) => !isBare(rule));
  if (granularity.kind === 'layers' && shared !== undefined)
    problems.push(tell('layers', `A layer goes as a whole, and ${shared.pattern} asks for a part of it`, 'exclude'));
  if (granularity.kind === 'layers' && scope.needsSensitivity !== true && scope.name !== 'global')
    problems.push(tell('scope', 'Whole layers are compared with each other', 'global, sensitivity'));
  if (granularity.kind === 'mask' && granularity.groupSize !== undefined && !COMPARING_ALIKE.includes(scope.name)) {
    const message = `${granularity.name} has as many zeros in each group: no scope can make some layers sparser than others`;
    problems.push(tell('scope', message, COMPARING_ALIKE.join(', ')));
  }
  return problems;
}

/** Whether a rule asks for no part of its layers. */
function isBare({ sparsity, floor }: LayerRule): boolean {
  return sparsity === undefined && floor === undefined;
}

function describeRule({ pattern, ...rule }: LayerRule): string {
  return `${pattern}: ${JSON.stringify(rule)}`;
}

/** Scopes that ask for no shares of their own. */
const COMPARING_ALIKE: readonly string[] = ['layer', 'global'];

/** Layers that can't have the granularity or the criterion; those that a rule excludes need neither. */
function layerConflicts(method: Method, topology: Topology, tell: Tell): Problem[] {
  const granularity = granularityOf(method);
  if (granularity.kind === 'layers') {
    const blocks = prunedBlocks(topology, method);
    if (blocks.length > 0) {
      const frozen = frozenConflicts(
        method,
        blocks.flatMap(({ layers }) => layers),
        topology,
        tell,
      );
      return [...frozen, ...blockConflicts(method, blocks, topology, tell)].slice(0, 1);
    }
    const reasons = removableBlocks(topology).staying.map(({ layer, reason }) => `${layer}: ${reason}`);
    const allowed = fittingGranularities(topology).join(', ');
    return [tell('granularity', 'The model has no layer that can go as a whole', allowed, reasons.join('; '))];
  }
  const isExcluded = (layers: readonly string[]): boolean => ruleOf(layers, method.layers ?? []).exclude === true;
  const all =
    granularity.kind === 'mask'
      ? maskedKernels(topology, granularity).map(({ layer }) => [layer])
      : removedGroups(topology, granularity).map(memberNames);
  if (all.length === 0) {
    const allowed = fittingGranularities(topology).join(', ');
    return [tell('granularity', `The model has no layer that could be pruned by ${granularity.name}`, allowed)];
  }
  if (all.every(isExcluded))
    return [tell('layers', 'The rules leave no layer to prune', `some of ${all.flat().join(', ')}`)];
  if (!all.some((layers) => isCompared(ruleOf(layers, method.layers ?? [])))) {
    const message = 'The rules leave no layer that space.sparsity decides of: each has one of its own, or is excluded';
    return [tell('layers', message, `rules that leave some of ${all.flat().join(', ')}`)];
  }
  const pruned = all.filter((layers) => !isExcluded(layers)).flat();
  const frozen = frozenConflicts(method, pruned, topology, tell);
  if (frozen.length > 0) return frozen;
  return granularity.kind === 'mask'
    ? maskConflicts(method, granularity, topology, isExcluded, tell)
    : unitConflicts(method, granularity, topology, isExcluded, tell);
}

/** The first layer that is frozen, where the criterion scores what training moves. */
function frozenConflicts(method: Method, layers: readonly string[], topology: Topology, tell: Tell): Problem[] {
  const { name, tracksMovement } = criterionOf(method);
  const frozen = topology.nodes.find((node) => layers.includes(node.name) && isFrozen(node))?.name;
  if (tracksMovement !== true || frozen === undefined) return [];
  const message = `Layer ${frozen} is frozen, and ${name} scores what training moves`;
  const allowed = `another criterion; or exclude the layer by layers: { ${frozen}: { exclude: true } }`;
  return [tell('criterion', message, allowed, name)];
}

/** The first layer of a block that the criterion can't score; a scan scores none. */
function blockConflicts(method: Method, blocks: readonly Block[], topology: Topology, tell: Tell): Problem[] {
  const { name, unfit } = criterionOf(method);
  if (scopeOf(method).needsSensitivity === true) return [];
  const producing = new Set(scoredLayers(topology, []).map(({ layer }) => layer));
  for (const layer of blocks.flatMap(({ layers }) => layers).filter((each) => producing.has(each))) {
    const problem = unfit?.(topology, layer) ?? null;
    if (problem !== null) return [tell('criterion', `Layer ${layer}: ${problem.message}`, problem.allowed, name)];
  }
  return [];
}

/** Names of the granularities that the model's layers can have, with their settings' defaults. */
function fittingGranularities(topology: Topology): string[] {
  return GRANULARITIES.all()
    .filter((granularity) => {
      if (granularity.kind === 'layers') return removableBlocks(topology).blocks.length > 0;
      if (granularity.kind === 'units') return removedGroups(topology, granularity).length > 0;
      const kernels = maskedKernels(topology, granularity);
      const settings = defaultsOf(granularity);
      return kernels.length > 0 && kernels.every((kernel) => granularity.unfit(kernel, settings) === null);
    })
    .map(({ name }) => name);
}

/** The first layer whose units the criterion can't score. */
function unitConflicts(
  method: Method,
  granularity: UnitGranularity,
  topology: Topology,
  isExcluded: (layers: readonly string[]) => boolean,
  tell: Tell,
): Problem[] {
  const { name, unfit } = criterionOf(method);
  for (const group of removedGroups(topology, granularity)) {
    if (isExcluded(memberNames(group))) continue;
    for (const { layer } of group.members) {
      const problem = unfit?.(topology, layer) ?? null;
      if (problem !== null) return [tell('criterion', `Layer ${layer}: ${problem.message}`, problem.allowed, name)];
    }
    const stuck = stuckUnits(topology, group);
    if (stuck !== null) {
      const allowed = `another granularity; or exclude the layer by layers: { ${stuck.layer}: { exclude: true } }`;
      return [tell('granularity', `Units of ${stuck.layer} cannot go: ${stuck.why}`, allowed, granularity.name)];
    }
  }
  return [];
}

/** The first layer whose kernel can't have the granularity. */
function maskConflicts(
  method: Method,
  granularity: MaskGranularity,
  topology: Topology,
  isExcluded: (layers: readonly string[]) => boolean,
  tell: Tell,
): Problem[] {
  const settings = settingsOf(method.granularity);
  for (const kernel of maskedKernels(topology, granularity)) {
    const unfit = isExcluded([kernel.layer]) ? null : granularity.unfit(kernel, settings);
    if (unfit !== null) {
      const allowed = `${unfit.allowed}; or exclude the layer by layers: { ${kernel.layer}: { exclude: true } }`;
      const found = describeChoice(method.granularity);
      return [tell('granularity', `Layer ${kernel.layer}: ${unfit.message}`, allowed, found)];
    }
  }
  return [];
}

/** The first of the sparsities that the granularity does not have, or that floors and what stays whole keep the model from. */
function reachConflicts(
  method: Method,
  sparsities: readonly number[],
  topology: Topology,
  source: YamlSource,
  path: SpecPath,
): Problem[] {
  const granularity = granularityOf(method);
  const at: SpecPath = ['space', 'sparsity'];
  if (granularity.kind === 'mask' && countOf(method) === 'weights') {
    const reachable = granularity.sparsities?.(settingsOf(method.granularity));
    const unreachable = sparsities.find((own) => reachable?.every((each) => Math.abs(each - own) >= 1e-6) === true);
    if (reachable !== undefined && unreachable !== undefined) {
      const message = `${describeChoice(method.granularity)} cannot have this sparsity`;
      const facts = { found: String(unreachable), allowed: reachable.join(', ') };
      return [problemAt(source, at, 'PRUNEFRONT_SPEC_CONFLICT', message, facts)];
    }
  }
  try {
    const require = requireReach(method, topology);
    for (const sparsity of sparsities) require(sparsity);
    return [];
  } catch (error) {
    if (!(error instanceof PrunefrontError)) throw error;
    const { place: _, ...facts } = error.facts;
    const ofRule = error.code === 'PRUNEFRONT_SPEC_VALUE';
    const where = ofRule ? [...path, 'layers', facts.found ?? ''] : at;
    return [problemAt(source, where, error.code, error.message, facts)];
  }
}

/**
 * Throws where the model cannot come to a sparsity.
 * @throws PrunefrontError `PRUNEFRONT_SPEC_VALUE` for a rule whose pattern no layer matches
 */
function requireReach(method: Method, topology: Topology): (sparsity: number) => void {
  if (granularityOf(method).kind === 'layers') return (sparsity) => requireLayersReach(topology, method, sparsity);
  const targetAt = targetOf({ topology, keptUnits: {} }, topology, method);
  const check = reachCheck(unscoredLayers(topology, method), scopeOf(method), targetAt(0), method.layers ?? []);
  return (sparsity) => check(targetAt(sparsity));
}
