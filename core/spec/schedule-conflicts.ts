import { criterionOf, scopeOf } from '../pruning/method.js';
import { resolveSchedule } from '../pruning/schedules/index.js';
import { type Choice, nameOf, settingsOf } from '../registry/index.js';
import { isEarly, isIterative, type Schedule, startingPointOf, withinStage } from '../sweep/schedule.js';
import type { SweepSpec } from '../sweep/spec.js';
import { itemPath } from './item-path.js';
import { type Problem, problemAt } from './problems.js';
import type { SpecPath, YamlSource } from './yaml-source.js';

/** Something that contradicts another thing, at a path below the schedule. */
interface Conflict {
  readonly path: SpecPath;
  readonly message: string;
  readonly allowed: string;
}

/** So many that no step of a schedule is cut short: how many a stage has is known once its data are. */
const PLENTY_OF_STEPS = 1e9;

/** What of the schedules contradicts itself, the baseline, the methods or the recoveries. */
export function scheduleConflicts(spec: SweepSpec, source: YamlSource): Problem[] {
  return spec.space.schedule.flatMap((schedule, i) => {
    const path = itemPath(source, ['space', 'schedule'], i);
    return conflictsIn(spec, schedule).map(({ path: below, message, allowed }) =>
      problemAt(source, [...path, ...below], 'PRUNEFRONT_SPEC_CONFLICT', message, { allowed }),
    );
  });
}

function conflictsIn(spec: SweepSpec, schedule: Schedule): Conflict[] {
  const choice = withinStage(schedule);
  const own = isEarly(schedule) ? ['schedule'] : [];
  const always = [...missingEpoch(spec, schedule), ...movementConflicts(spec, choice, own)];
  if (isIterative(schedule)) return always;
  const below = [...own, nameOf(choice)];
  return [
    ...always,
    ...penaltyConflicts(spec, schedule),
    ...scanConflicts(spec, schedule),
    ...regrowthConflicts(spec, choice, below),
    ...rampConflicts(spec, choice, below),
  ];
}

/** What a training adds up is nothing before its first step. */
function movementConflicts({ space }: SweepSpec, schedule: Choice, path: SpecPath): Conflict[] {
  const moving = space.method.map(criterionOf).find(({ tracksMovement }) => tracksMovement === true);
  if (moving === undefined) return [];
  const { shouldPruneAt, sparsityAt } = resolveSchedule(schedule, Math.max(...space.sparsity), PLENTY_OF_STEPS);
  const prunesAtOnce = shouldPruneAt(0) && sparsityAt(0) > 0;
  const isUntrained = space.recovery.some(({ epochs }) => epochs === 0);
  if (!prunesAtOnce && !isUntrained) return [];
  const message = `${moving.name} scores what moved since the stage began, and ${prunesAtOnce ? 'this prunes before the first step' : 'a recovery has no epochs'}`;
  const allowed = prunesAtOnce
    ? 'a schedule that grows from 0: linear, polynomialDecay, exponential, cosine; or constant with a beginStep'
    : 'with recoveries of at least 1 epoch';
  return [{ path, message, allowed }];
}

/** A scan is of the trained weights. */
function scanConflicts({ space }: SweepSpec, schedule: Schedule): Conflict[] {
  const scanning = space.method.map(scopeOf).find(({ needsSensitivity }) => needsSensitivity === true);
  if (scanning === undefined || !isEarly(schedule)) return [];
  const message = `The scope ${scanning.name} scans the trained weights, and this starts before they are`;
  return [{ path: ['from'], message, allowed: 'with other scopes, or a schedule from the trained weights' }];
}

/** Weights that a penalty has made small are not those that an earlier start takes. */
function penaltyConflicts({ space }: SweepSpec, schedule: Schedule): Conflict[] {
  if (!isEarly(schedule)) return [];
  const regularised = space.method.find((method) => {
    const { epochs = 0 } = criterionOf(method).regularised?.(settingsOf(method.criterion)) ?? {};
    return epochs > 0;
  });
  if (regularised === undefined) return [];
  const message = `${nameOf(regularised.criterion)} trains with a penalty before the first cut, and this goes back before it`;
  return [{ path: ['from'], message, allowed: 'with its setting epochs: 0, or a schedule from the trained weights' }];
}

/** An epoch of the baseline to go back to that there is none of. */
function missingEpoch({ baseline }: SweepSpec, schedule: Schedule): Conflict[] {
  const point = startingPointOf(schedule);
  if (typeof point !== 'object' || point === null || point.epoch <= baseline.epochs) return [];
  const path = isIterative(schedule) ? ['iterative', 'rewind', 'epoch'] : ['from', 'epoch'];
  const allowed = `at most ${baseline.epochs}, the epochs of the baseline`;
  return [{ path, message: 'The baseline has no such epoch', allowed }];
}

/** Weights that grow back have to be single ones, and need steps to do so. */
function regrowthConflicts({ space }: SweepSpec, schedule: Choice, path: SpecPath): Conflict[] {
  if (resolveSchedule(schedule, 0.5, 1).regrowAt === undefined) return [];
  const conflicts: Conflict[] = [];
  if (space.method.some(({ granularity }) => nameOf(granularity) !== 'weight')) {
    const message = `${nameOf(schedule)} exchanges single weights, and a method prunes something else`;
    conflicts.push({ path, message, allowed: 'with methods of the granularity weight alone' });
  }
  if (space.recovery.some(({ epochs }) => epochs === 0)) {
    const message = `${nameOf(schedule)} exchanges weights while it trains, and a recovery has no epochs`;
    conflicts.push({ path, message, allowed: 'with recoveries of at least 1 epoch' });
  }
  return conflicts;
}

function rampConflicts({ space }: SweepSpec, schedule: Choice, path: SpecPath): Conflict[] {
  const { beginStep = 0, endStep = null, initialSparsity = 0 } = settingsOf(schedule);
  const conflicts: Conflict[] = [];
  if (endStep !== null && Number(endStep) < Number(beginStep)) {
    const message = 'The schedule ends before it begins';
    conflicts.push({ path: [...path, 'endStep'], message, allowed: `at least ${beginStep}, its beginStep` });
  }
  const least = Math.min(...space.sparsity);
  if (Number(initialSparsity) > least) {
    const message = 'The schedule would start above the sparsity it has to reach';
    const allowed = `at most ${least}, the least of space.sparsity`;
    conflicts.push({ path: [...path, 'initialSparsity'], message, allowed });
  }
  return conflicts;
}
