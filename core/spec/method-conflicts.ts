import { PrunefrontError } from '../errors.js';
import { removableBlocks } from '../models/blocks.js';
import type { Topology } from '../models/topology.js';
import { CRITERIA } from '../pruning/criteria/index.js';
import { GRANULARITIES, type MaskGranularity } from '../pruning/granularities/index.js';
import { countOf, criterionOf, granularityOf, scopeOf } from '../pruning/method.js';
import {
  maskedKernels,
  prunedBlocks,
  removedGroups,
  targetOf,
  unscoredLayers,
  withoutBlocks,
} from '../pruning/pruned-layers.js';
import { requireReachable, ruleOf } from '../pruning/selection/index.js';
import { describeChoice, nameOf, settingsOf } from '../registry/index.js';
import type { Method, SweepSpec } from '../sweep/spec.js';
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
    return space.sparsity.flatMap((sparsity) => reachConflicts(method, sparsity, topology, source, path)).slice(0, 1);
  });
}

/** Pieces that do not go together, whatever the model. */
function pieceConflicts(method: Method, tell: Tell): Problem[] {
  const granularity = granularityOf(method);
  const criterion = criterionOf(method);
  const problems: Problem[] = [];
  if (granularity.kind === 'mask' && criterion.weights === undefined) {
    const others = CRITERIA.all().filter(({ weights }) => weights !== undefined);
    problems.push(
      tell(
        'criterion',
        `${criterion.name} scores units and not single weights`,
        others.map(({ name }) => name).join(', '),
      ),
    );
  }
  if (granularity.kind === 'layers' && scopeOf(method).needsSensitivity !== true && nameOf(method.scope) !== 'global')
    problems.push(tell('scope', 'Whole layers are compared with each other', 'global, sensitivity'));
  return problems;
}

/** Layers that can't have the granularity or the criterion. */
function layerConflicts(method: Method, topology: Topology, tell: Tell): Problem[] {
  const granularity = granularityOf(method);
  const criterion = criterionOf(method);
  const unfit = criterion.unfit;
  if (granularity.kind === 'mask') return maskConflicts(method, granularity, topology, tell);
  if (granularity.kind === 'layers') {
    if (prunedBlocks(topology, method).length > 0) return [];
    const reasons = removableBlocks(topology).staying.map(({ layer, reason }) => `${layer}: ${reason}`);
    return [tell('granularity', 'The model has no layer that can go as a whole', 'weight, unit', reasons.join('; '))];
  }
  const groups = removedGroups(topology, granularity);
  if (groups.length === 0) {
    const others = GRANULARITIES.all().filter(
      (each) => each.kind === 'units' && removedGroups(topology, each).length > 0,
    );
    const allowed = ['weight', ...others.map(({ name }) => name)].join(', ');
    return [tell('granularity', `The model has no ${granularity.name}s that can be removed`, allowed)];
  }
  const layers = groups.flatMap(({ members }) => members.map(({ layer }) => layer));
  const found = layers.map((layer) => ({ layer, problem: unfit?.(topology, layer) ?? null }));
  const [first] = found.filter(({ problem }) => problem !== null);
  if (first?.problem == null) return [];
  return [tell('criterion', `Layer ${first.layer}: ${first.problem.message}`, first.problem.allowed, criterion.name)];
}

function maskConflicts(method: Method, granularity: MaskGranularity, topology: Topology, tell: Tell): Problem[] {
  const settings = settingsOf(method.granularity);
  const kernels = maskedKernels(topology, granularity).filter(
    ({ layer }) => ruleOf(layer, method.layers ?? []).exclude !== true,
  );
  if (kernels.length === 0)
    return [tell('granularity', `The model has no kernel that can be pruned by ${granularity.name}`, 'weight')];
  for (const kernel of kernels) {
    const unfit = granularity.unfit(kernel, settings);
    if (unfit !== null) {
      const hint = `${unfit.allowed}; or exclude the layer by layers: { ${kernel.layer}: { exclude: true } }`;
      return [tell('granularity', `Layer ${kernel.layer}: ${unfit.message}`, hint, describeChoice(method.granularity))];
    }
  }
  return [];
}

/** Sparsities that a granularity does not have, or that floors and what stays whole keep the model from. */
function reachConflicts(
  method: Method,
  sparsity: number,
  topology: Topology,
  source: YamlSource,
  path: SpecPath,
): Problem[] {
  const granularity = granularityOf(method);
  const at: SpecPath = ['space', 'sparsity'];
  if (granularity.kind === 'mask' && countOf(method) === 'weights') {
    const reachable = granularity.sparsities?.(settingsOf(method.granularity));
    if (reachable !== undefined && !reachable.some((each) => Math.abs(each - sparsity) < 1e-6)) {
      const message = `${describeChoice(method.granularity)} cannot have this sparsity`;
      const facts = { found: String(sparsity), allowed: reachable.join(', ') };
      return [problemAt(source, at, 'PRUNEFRONT_SPEC_CONFLICT', message, facts)];
    }
  }
  try {
    if (granularity.kind === 'layers') {
      requireLayersReach(method, sparsity, topology);
      return [];
    }
    const target = targetOf(topology, topology, method, sparsity);
    requireReachable(unscoredLayers(topology, method), scopeOf(method), target, method.layers ?? []);
    return [];
  } catch (error) {
    if (!(error instanceof PrunefrontError)) throw error;
    const ofRule = error.code === 'PRUNEFRONT_SPEC_VALUE';
    const { place: _, ...facts } = error.facts;
    return [problemAt(source, ofRule ? [...path, 'layers'] : at, error.code, error.message, facts)];
  }
}

/** @throws PrunefrontError `PRUNEFRONT_SPARSITY_UNREACHABLE` where the model costs more even without all that can go as a whole */
function requireLayersReach(method: Method, sparsity: number, topology: Topology): void {
  const { costs } = targetOf(withoutBlocks(topology, method), topology, method, sparsity);
  const least = costs === undefined ? 0 : costs.of([]) / costs.baseline;
  if (least <= 1 - sparsity) return;
  throw new PrunefrontError('PRUNEFRONT_SPARSITY_UNREACHABLE', 'No removal of whole layers can reach this sparsity', {
    found: String(sparsity),
    allowed: `at most ${Math.max(0, Math.floor((1 - least) * 1e4) / 1e4)}`,
  });
}
