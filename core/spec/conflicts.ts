import { inputShape } from '../models/described-topology.js';
import { prunableUnits } from '../models/prunable.js';
import type { Topology } from '../models/topology.js';
import type { Method, Schedule, SweepSpec } from '../sweep/spec.js';
import { augmentProblems } from '../training/augmentations/index.js';
import { objectiveConflicts } from './objective-conflicts.js';
import { type Problem, problemAt } from './problems.js';
import { taskConflicts } from './task-conflicts.js';
import type { SpecPath, YamlSource } from './yaml-source.js';

/** Values that are right by themselves and contradict each other, or the model. */
export function conflictsOf(spec: SweepSpec, topology: Topology | null, source: YamlSource): Problem[] {
  const conflict = (path: SpecPath, message: string, allowed: string, found?: string): Problem =>
    problemAt(source, path, 'PRUNEFRONT_SPEC_CONFLICT', message, {
      allowed,
      ...(found === undefined ? {} : { found }),
    });
  const { validation, test } = spec.split;
  const problems: Problem[] = [];
  if (validation + test >= 1) {
    const sum = Number((validation + test).toPrecision(12));
    problems.push(
      conflict(
        ['split'],
        'The split leaves nothing to train on',
        'validation + test less than 1',
        `validation + test = ${sum}`,
      ),
    );
  }
  if (spec.baseline.epochs === 0 && 'zoo' in spec.model) {
    const message = 'An untrained model of the zoo has nothing worth keeping: pruning it says nothing';
    problems.push(conflict(['baseline', 'epochs'], message, 'at least 1, or a model from a file'));
  }
  if (spec.nightly !== undefined && 'data' in spec.nightly.watch) {
    const path = ['nightly', 'watch', 'data'];
    if ('builtin' in spec.dataset) {
      const message = 'A night cannot put files of a folder in place of built-in data';
      problems.push(conflict(path, message, 'with a dataset of files: idx, csv, npz, npy'));
    }
    if (spec.baseline.epochs === 0) {
      const message = 'Without training the newest data would change nothing';
      problems.push(conflict(['baseline', 'epochs'], message, 'at least 1 where nightly.watch.data is given'));
    }
  }
  spec.space.schedule.forEach((schedule, i) => {
    const path = itemPath(source, ['space', 'schedule'], i);
    problems.push(...scheduleConflicts(spec, schedule, path, conflict));
  });
  problems.push(...taskConflicts(spec, source));
  if (topology !== null) {
    // A model takes the examples as they are: its input is their shape.
    for (const { key, message, allowed } of augmentProblems(spec.baseline.augment ?? {}, inputShape(topology)))
      problems.push(conflict(['baseline', 'augment', key], message, allowed));
    problems.push(...objectiveConflicts(spec, topology, source));
    spec.space.method.forEach((method, i) => {
      if (hasUnits(topology, method)) return;
      const path = [...itemPath(source, ['space', 'method'], i), 'granularity'];
      const units = (['filter', 'neuron', 'unit'] as const).filter(
        (granularity) => prunableUnits(topology, granularity).length > 0,
      );
      const message = `The model has no ${method.granularity}s that can be removed`;
      problems.push(conflict(path, message, ['weight', ...units].join(', ')));
    });
  }
  return problems;
}

function scheduleConflicts(
  { baseline, space }: SweepSpec,
  schedule: Schedule,
  path: SpecPath,
  conflict: (path: SpecPath, message: string, allowed: string) => Problem,
): Problem[] {
  if (schedule === 'oneShot') return [];
  if ('iterative' in schedule) {
    const { rewind } = schedule.iterative;
    if (typeof rewind !== 'object' || rewind.epoch <= baseline.epochs) return [];
    const allowed = `at most ${baseline.epochs}, the epochs of the baseline`;
    return [conflict([...path, 'iterative', 'rewind', 'epoch'], 'The baseline has no such epoch', allowed)];
  }
  const [name, { beginStep, endStep }] =
    'constant' in schedule ? ['constant', schedule.constant] : ['polynomialDecay', schedule.polynomialDecay];
  const problems: Problem[] = [];
  if (endStep !== null && endStep < beginStep) {
    problems.push(
      conflict(
        [...path, name, 'endStep'],
        'The schedule ends before it begins',
        `at least ${beginStep}, its beginStep`,
      ),
    );
  }
  const least = Math.min(...space.sparsity);
  if ('polynomialDecay' in schedule && schedule.polynomialDecay.initialSparsity > least) {
    const where = [...path, name, 'initialSparsity'];
    problems.push(
      conflict(
        where,
        'The schedule would start above the sparsity it has to reach',
        `at most ${least}, the least of space.sparsity`,
      ),
    );
  }
  return problems;
}

function hasUnits(topology: Topology, { granularity }: Method): boolean {
  return granularity === 'weight' || prunableUnits(topology, granularity).length > 0;
}

/** Path of an item of what may be a list or one value by itself. */
function itemPath({ data }: YamlSource, path: readonly string[], i: number): SpecPath {
  const value = path.reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>>)[key], data);
  return Array.isArray(value) ? [...path, i] : path;
}
