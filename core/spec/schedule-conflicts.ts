import { resolveSchedule } from '../pruning/schedules/index.js';
import { type Choice, nameOf, settingsOf } from '../registry/index.js';
import { roundsOf, type Schedule, scheduleName, startingPointOf, withinStage } from '../sweep/schedule.js';
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
  const missing = missingEpoch(spec, schedule);
  if (roundsOf(schedule) !== null) return missing;
  const { schedule: choice } = withinStage(schedule);
  return [...missing, ...rampConflicts(spec, choice), ...(regrows(choice) ? regrowthConflicts(spec, choice) : [])];
}

/** An epoch of the baseline to go back to that there is none of. */
function missingEpoch({ baseline }: SweepSpec, schedule: Schedule): Conflict[] {
  const point = startingPointOf(schedule);
  if (typeof point !== 'object' || point === null || point.epoch <= baseline.epochs) return [];
  const path = [scheduleName(schedule), roundsOf(schedule) === null ? 'from' : 'rewind', 'epoch'];
  const allowed = `at most ${baseline.epochs}, the epochs of the baseline`;
  return [{ path, message: 'The baseline has no such epoch', allowed }];
}

/** Whether a schedule exchanges weights while the sparsity stays. */
function regrows(choice: Choice): boolean {
  return resolveSchedule(choice, 0, 0).regrowAt !== undefined;
}

function regrowthConflicts({ space }: SweepSpec, choice: Choice): Conflict[] {
  const conflicts: Conflict[] = [];
  const path = typeof choice === 'string' ? [] : [nameOf(choice)];
  if (space.method.some(({ granularity }) => nameOf(granularity) !== 'weight')) {
    const message = 'The schedule exchanges single weights, and a method prunes something else';
    conflicts.push({ path, message, allowed: 'with methods of the granularity weight alone' });
  }
  if (space.recovery.some(({ epochs }) => epochs === 0)) {
    const message = 'The schedule exchanges weights in training, and a recovery has no epochs';
    conflicts.push({ path, message, allowed: 'with recoveries of at least 1 epoch' });
  }
  return conflicts;
}

function rampConflicts({ space }: SweepSpec, choice: Choice): Conflict[] {
  const { beginStep, endStep, initialSparsity } = settingsOf(choice);
  const conflicts: Conflict[] = [];
  if (typeof endStep === 'number' && typeof beginStep === 'number' && endStep < beginStep) {
    const message = 'The schedule ends before it begins';
    conflicts.push({ path: [nameOf(choice), 'endStep'], message, allowed: `at least ${beginStep}, its beginStep` });
  }
  const least = Math.min(...space.sparsity);
  if (typeof initialSparsity === 'number' && initialSparsity > least) {
    const message = 'The schedule would start above the sparsity it has to reach';
    const allowed = `at most ${least}, the least of space.sparsity`;
    conflicts.push({ path: [nameOf(choice), 'initialSparsity'], message, allowed });
  }
  return conflicts;
}
