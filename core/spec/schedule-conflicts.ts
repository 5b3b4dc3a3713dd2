import type { Schedule, SweepSpec } from '../sweep/spec.js';
import { startingPointOf } from '../sweep/starting-point.js';
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
  if (schedule === 'oneShot') return [];
  const missing = missingEpoch(spec, schedule);
  if ('rigL' in schedule) return [...missing, ...rigLConflicts(spec)];
  return 'constant' in schedule || 'polynomialDecay' in schedule ? rampConflicts(spec, schedule) : missing;
}

/** An epoch of the baseline to go back to that there is none of. */
function missingEpoch({ baseline }: SweepSpec, schedule: Exclude<Schedule, 'oneShot'>): Conflict[] {
  const point = startingPointOf(schedule);
  if (typeof point !== 'object' || point === null || point.epoch <= baseline.epochs) return [];
  const [name = ''] = Object.keys(schedule);
  const path = [name, name === 'iterative' ? 'rewind' : 'from', 'epoch'];
  const allowed = `at most ${baseline.epochs}, the epochs of the baseline`;
  return [{ path, message: 'The baseline has no such epoch', allowed }];
}

function rigLConflicts({ space }: SweepSpec): Conflict[] {
  const conflicts: Conflict[] = [];
  if (space.method.some(({ granularity }) => granularity !== 'weight')) {
    const message = 'RigL exchanges single weights, and a method prunes something else';
    conflicts.push({ path: ['rigL'], message, allowed: 'with methods of the granularity weight alone' });
  }
  if (space.recovery.some(({ epochs }) => epochs === 0)) {
    const message = 'RigL exchanges weights while it trains, and a recovery has no epochs';
    conflicts.push({ path: ['rigL'], message, allowed: 'with recoveries of at least 1 epoch' });
  }
  return conflicts;
}

function rampConflicts(
  { space }: SweepSpec,
  schedule: Extract<Schedule, { readonly constant: unknown } | { readonly polynomialDecay: unknown }>,
): Conflict[] {
  const [name, { beginStep, endStep }] =
    'constant' in schedule ? ['constant', schedule.constant] : ['polynomialDecay', schedule.polynomialDecay];
  const conflicts: Conflict[] = [];
  if (endStep !== null && endStep < beginStep) {
    const message = 'The schedule ends before it begins';
    conflicts.push({ path: [name, 'endStep'], message, allowed: `at least ${beginStep}, its beginStep` });
  }
  const least = Math.min(...space.sparsity);
  if ('polynomialDecay' in schedule && schedule.polynomialDecay.initialSparsity > least) {
    const message = 'The schedule would start above the sparsity it has to reach';
    conflicts.push({
      path: [name, 'initialSparsity'],
      message,
      allowed: `at most ${least}, the least of space.sparsity`,
    });
  }
  return conflicts;
}
