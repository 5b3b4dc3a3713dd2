import { sourceFiles } from '../datasets/source-files.js';
import { inputShape } from '../models/described-topology.js';
import type { Topology } from '../models/topology.js';
import type { SweepSpec } from '../sweep/spec.js';
import { augmentProblems } from '../training/augmentations/index.js';
import { compressionConflicts } from './compression-conflicts.js';
import { methodConflicts } from './method-conflicts.js';
import { objectiveConflicts } from './objective-conflicts.js';
import { type Problem, problemAt } from './problems.js';
import { recoveryConflicts } from './recovery-conflicts.js';
import { scheduleConflicts } from './schedule-conflicts.js';
import { taskConflicts } from './task-conflicts.js';
import type { SpecPath, YamlSource } from './yaml-source.js';

/** Values that are right by themselves and contradict each other, or the model. */
export function conflictsOf(spec: SweepSpec, topology: Topology | null, source: YamlSource): Problem[] {
  const conflict = (path: SpecPath, message: string, allowed: string, found?: string): Problem =>
    problemAt(source, path, 'PRUNEFRONT_SPEC_CONFLICT', message, {
      allowed,
      ...(found === undefined ? {} : { found }),
    });
  const { split } = spec;
  const problems: Problem[] = [];
  if ('validation' in split && split.validation + split.test >= 1) {
    const sum = Number((split.validation + split.test).toPrecision(12));
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
    if (Object.keys(sourceFiles(spec.dataset)).length === 0) {
      const message = 'A night cannot put files of a folder in place of built-in data';
      problems.push(conflict(path, message, 'with a dataset of files: idx, csv, npz, npy'));
    }
    if (spec.baseline.epochs === 0) {
      const message = 'Without training the newest data would change nothing';
      problems.push(conflict(['baseline', 'epochs'], message, 'at least 1 where nightly.watch.data is given'));
    }
  }
  problems.push(...scheduleConflicts(spec, source), ...recoveryConflicts(spec, topology, source));
  problems.push(...taskConflicts(spec, topology, source), ...compressionConflicts(spec, topology, source));
  if (topology !== null) {
    // A model takes the examples as they are: its input is their shape.
    for (const { key, message, allowed } of augmentProblems(spec.baseline.augment ?? {}, inputShape(topology)))
      problems.push(conflict(['baseline', 'augment', key], message, allowed));
    problems.push(...objectiveConflicts(spec, topology, source));
    problems.push(...methodConflicts(spec, topology, source));
  }
  return problems;
}
