import type { Tensor } from '@tensorflow/tfjs';
import { foldConstants } from '../../models/folding.js';
import {
  classesOf,
  combineScores,
  memberNames,
  type PruningGroup,
  pruningGroups,
  removalOf,
} from '../../models/groups.js';
import { valuesByName } from '../../models/named-tensor.js';
import { applyRemoval, planRemoval, type Removal } from '../../models/surgery.js';
import type { Topology } from '../../models/topology.js';
import { type Evidence, type ScoredLayer, scoredLayers, unitScores } from '../../pruning/criteria/index.js';
import type { UnitGranularity } from '../../pruning/granularities/index.js';
import { heirsOf } from '../../pruning/heirs.js';
import { exactHeirs, type Heirs, mergeUnits } from '../../pruning/merge-units.js';
import { criterionOf, scopeOf } from '../../pruning/method.js';
import { comparedGroup, remainingGroups, removedGroups, targetOf } from '../../pruning/pruned-layers.js';
import { roundSparsities } from '../../pruning/schedules/index.js';
import type { ComparedLayer } from '../../pruning/scopes/index.js';
import { GONE, ruleOf, rulesOnTheWay, selectAtoms } from '../../pruning/selection/index.js';
import { settingsOf } from '../../registry/index.js';
import type { MergedUnits } from '../../sweep/observation.js';
import type { OpenEvidence } from '../criteria/unmeasured-evidence.js';
import { factsOf, type ModelState } from '../stage-state.js';
import type { TrainingSession } from '../training-session.js';
import { type PruningContext, withEvidence } from './pruning-context.js';
import { provenDifference } from './removal-proof.js';

/**
 * Removes units physically until the target is met, and proves it: the smaller model must give the masked model's outputs on the
 * probe batch.
 * @param probe - inputs [n, ...shape]
 * @throws PrunefrontError `PRUNEFRONT_SURGERY_MISMATCH`, `PRUNEFRONT_NOT_REMOVABLE`, `PRUNEFRONT_IMPOSSIBLE_SHAPE`,
 *   `PRUNEFRONT_SPARSITY_UNREACHABLE`
 */
export async function pruneUnits(
  session: TrainingSession,
  context: PruningContext,
  granularity: UnitGranularity,
  sparsity: number,
  probe: Tensor,
): Promise<void> {
  await withEvidence(session, context, async (evidence) => {
    const { masks, floorHit } = session.state();
    const chosen = await chooseUnits(session, context, granularity, sparsity, evidence);
    const floors = [...new Set([...floorHit, ...chosen.floorHit])];
    if (Object.keys(chosen.remove).length === 0) session.setMasks(masks, floors);
    else await removeUnits(session, context.baseline.topology, { ...chosen, floorHit: floors }, probe);
  });
}

/** Units that go, with those that take over their part. */
interface ChosenUnits {
  readonly remove: Removal;
  readonly merged: Heirs;
  readonly floorHit: readonly string[];
}

/** Groups of the baseline that a granularity removes units of, with their scores as they are. */
interface ScoredGroups {
  /** As the model has them, with the classes of the baseline. */
  readonly groups: readonly PruningGroup[];
  /** In the order of the groups. */
  readonly compared: readonly ComparedLayer[];
  readonly layers: ReadonlyMap<string, ScoredLayer>;
}

/** Scores every class of the groups that is left; what a rule excludes is not scored. */
export function scoredGroups(
  model: Pick<ModelState, 'topology' | 'weights' | 'keptUnits'>,
  { method, baseline, sensitivity }: PruningContext,
  granularity: UnitGranularity,
  evidence: Evidence,
): ScoredGroups {
  const criterion = criterionOf(method);
  const settings = settingsOf(method.criterion);
  const layers = new Map(scoredLayers(model.topology, model.weights).map((layer) => [layer.layer, layer]));
  const shapes = new Map(scoredLayers(baseline.topology, []).map(({ layer, kernels }) => [layer, kernels[0]?.shape]));
  const groups = remainingGroups(model, baseline.topology, granularity);
  const compared = removedGroups(baseline.topology, granularity).map((before, i): ComparedLayer => {
    const group = groups[i] ?? before;
    const names = memberNames(group);
    const isExcluded = ruleOf(names, method.layers ?? []).exclude === true;
    const scored = isExcluded ? [] : membersOf(group, layers);
    const scores = new Map(scored.map((member) => [member.layer, unitScores(criterion, member, evidence, settings)]));
    const left = new Set(group.members.flatMap(classesOf));
    const curve = sensitivity?.find(({ layer }) => layer === group.name)?.curve;
    return {
      ...comparedGroup(before, layers),
      ...{ kind: 'units', shape: shapes.get(group.name) ?? [] },
      scores: combineScores(group, scores).map((score, id) => (left.has(id) ? score : GONE)),
      ...(curve === undefined ? {} : { sensitivity: curve }),
    };
  });
  return { groups, compared, layers };
}

function membersOf({ members }: PruningGroup, layers: ReadonlyMap<string, ScoredLayer>): ScoredLayer[] {
  return members.flatMap(({ layer }) => layers.get(layer) ?? []);
}

/**
 * Units to remove by the scores as they are. A criterion of several rounds scores what is left after each, masked, on the way of a geometric
 * schedule (Tanaka et al. 2020).
 */
async function chooseUnits(
  session: TrainingSession,
  context: PruningContext,
  granularity: UnitGranularity,
  sparsity: number,
  evidence: OpenEvidence,
): Promise<ChosenUnits> {
  const { method, baseline, finalSparsity } = context;
  const state = session.state();
  const { topology } = state;
  const criterion = criterionOf(method);
  const settings = settingsOf(method.criterion);
  const rounds = criterion.rounds?.(settings) ?? 1;
  const sparsities = roundSparsities(sparsity, rounds);
  const target = targetOf(state, baseline.topology, method);
  let now = state;
  let gone: readonly ReadonlySet<number>[] = [];
  for (let round = 1; ; round++) {
    const to = sparsities[round - 1] ?? sparsity;
    const scored = scoredGroups(now, context, granularity, evidence);
    const left = scored.compared.map((layer, i) => ({ ...layer, scores: withoutClasses(layer.scores, gone[i]) }));
    const rules = rulesOnTheWay(method.layers ?? [], finalSparsity === 0 ? 1 : to / finalSparsity);
    const { keep, floorHit } = selectAtoms(left, scopeOf(method), settingsOf(method.scope), target(to), rules);
    gone = keep.map((own) => new Set(zerosOf(own)));
    const remove = removalOfAll(scored.groups, gone);
    if (round === rounds) {
      const merged = mergedBy(context, state, scored, keep, evidence);
      return { remove, merged, floorHit: [...floorHit] };
    }
    now = { ...state, weights: foldConstants(topology, state.weights, remove).masked };
    evidence.writeWeights(valuesByName(now.weights));
    await context.tick();
  }
}

function withoutClasses(scores: Float32Array, gone: ReadonlySet<number> = new Set()): Float32Array {
  return scores.map((score, id) => (gone.has(id) ? GONE : score));
}

function removalOfAll(groups: readonly PruningGroup[], gone: readonly ReadonlySet<number>[]): Removal {
  const remove: Record<string, readonly number[]> = {};
  groups.forEach((group, i) => {
    Object.assign(remove, removalOf(group, gone[i] ?? new Set()));
  });
  return remove;
}

/** Who takes over from the units that go, where the criterion says which are alike, and where others can stand for them. */
function mergedBy(
  { method, rewinds }: PruningContext,
  { topology, weights }: ModelState,
  { groups, compared, layers }: ScoredGroups,
  keep: readonly Uint8Array[],
  evidence: Evidence,
): Heirs {
  const { alike } = criterionOf(method);
  // What others took over would be overwritten where other weights take their place.
  if (alike === undefined || rewinds) return {};
  const settings = settingsOf(method.criterion);
  const heirs = groups.map((group, i) => {
    const own = keep[i] ?? new Uint8Array();
    const members = own.includes(0) ? membersOf(group, layers) : [];
    const found = members.map((layer) => [layer.layer, alike(layer, evidence, settings)] as const);
    return heirsOf(group, own, compared[i]?.scores ?? new Float32Array(), new Map(found));
  });
  return exactHeirs(topology, weights, Object.assign({}, ...heirs) as Heirs);
}

async function removeUnits(
  session: TrainingSession,
  baseline: Topology,
  { remove, merged, floorHit }: ChosenUnits,
  probe: Tensor,
): Promise<void> {
  const state = session.state();
  const { topology, weights, masks } = state;
  const { keptUnits, mergedUnits, surgeryDifference, ...rest } = factsOf(state);
  const plan = planRemoval(topology, remove);
  const whole = mergeUnits(topology, weights, merged);
  const folded = foldConstants(topology, whole, remove);
  const smaller = folded.weights.map((weight) => applyRemoval(plan, weight));
  const masked = { topology, weights: folded.masked };
  const small = { topology: plan.topology, weights: smaller };
  const difference = await provenDifference(session.settings.tf, masked, small, probe);
  const shapes = new Map(weights.map(({ name, shape }) => [name, shape]));
  const cut = <T extends Float32Array | Uint8Array>(name: string, values: T): T =>
    applyRemoval(plan, { name, shape: shapes.get(name) ?? [], values }).values as T;
  const unitsBefore = unitsByLayer(baseline);
  const indexOf = (layer: string, unit: number): number => keptUnits[layer]?.[unit] ?? unit;
  await session.shrinkTo({
    topology: plan.topology,
    weights: smaller,
    slots: new Map([...session.readSlots()].map(([name, own]) => [name, own.map((slot) => cut(name, slot))])),
    masks: new Map([...masks].map(([name, mask]) => [name, cut(name, mask)])),
    pruned: {
      ...rest,
      keptUnits: composeKept(keptUnits, plan.keptUnits, unitsBefore),
      mergedUnits: composeMerged(mergedUnits, merged, indexOf),
      floorHit,
      surgeryDifference: Math.max(surgeryDifference ?? 0, difference),
    },
  });
}

/** The places of the zeros of a 0/1 array: what it does not keep. */
export function zerosOf(keep: Uint8Array): number[] {
  return [...keep].flatMap((kept, i) => (kept === 0 ? [i] : []));
}

function unitsByLayer(topology: Topology): ReadonlyMap<string, number> {
  return new Map(
    pruningGroups(topology).groups.flatMap(({ members }) =>
      members.map(({ layer, classes }) => [layer, classes.length] as const),
    ),
  );
}

/** Indices into the baseline of what is kept now, from what was kept before and what of that is kept now. */
function composeKept(
  before: Readonly<Record<string, readonly number[]>>,
  now: Readonly<Record<string, readonly number[]>>,
  unitsBefore: ReadonlyMap<string, number>,
): Record<string, readonly number[]> {
  const composed: Record<string, readonly number[]> = { ...before };
  for (const [layer, kept] of Object.entries(now)) {
    const previous = before[layer] ?? Array.from({ length: unitsBefore.get(layer) ?? 0 }, (_, i) => i);
    composed[layer] = kept.map((i) => previous[i] ?? i);
  }
  return composed;
}

/** Which unit of the baseline was merged into which, by layer. */
function composeMerged(before: MergedUnits, now: Heirs, indexOf: (layer: string, unit: number) => number): MergedUnits {
  const entries = Object.entries(now).map(([layer, pairs]) => {
    const own = [...pairs].map(([goes, stays]) => [indexOf(layer, goes), indexOf(layer, stays)] as const);
    return [layer, [...(before[layer] ?? []), ...own]] as const;
  });
  return { ...before, ...Object.fromEntries(entries) };
}
