import { METRICS } from '../evaluation/metrics/index.js';
import { outputShape } from '../models/described-topology.js';
import type { Topology } from '../models/topology.js';
import { namedMetrics } from '../sweep/named-metrics.js';
import { isOwnMetric, type SweepSpec } from '../sweep/spec.js';
import { taskName } from '../sweep/task.js';
import { likeliestOf } from '../sweep/top-k.js';
import { itemPath } from './item-path.js';
import { metricNames } from './metric-names.js';
import { type Problem, problemAt } from './problems.js';
import type { YamlSource } from './yaml-source.js';

/** What a task has no place for: metrics of other tasks, data without what it learns from, and classes where there are none. */
export function taskConflicts(spec: SweepSpec, topology: Topology | null, source: YamlSource): Problem[] {
  return [
    ...metricProblems(spec, topology, source),
    ...selectProblems(spec, source),
    ...dataProblems(spec, source),
    ...trainingProblems(spec, source),
  ];
}

function metricProblems(spec: SweepSpec, topology: Topology | null, source: YamlSource): Problem[] {
  const name = taskName(spec.task);
  const classes = spec.task === undefined && topology !== null ? outputShape(topology)[0] : undefined;
  const pieces = new Map(METRICS.all().map((piece) => [piece.name, piece]));
  // What is no metric of outputs is a cost, which every task has.
  const has = (metric: string): boolean => pieces.get(metric)?.tasks.includes(name) ?? true;
  const tells = (metric: string): boolean => classes === undefined || (likeliestOf(metric) ?? 0) < classes;
  const allowed = metricNames()
    .filter((metric) => has(metric) && tells(metric))
    .join(', ');
  return namedMetrics(spec).flatMap(({ path, metric }) => {
    if (has(metric) && tells(metric)) return [];
    const message = has(metric) ? `Of ${classes} classes, ${metric} is always 1` : `A ${name} has no ${metric}`;
    return [problemAt(source, path, 'PRUNEFRONT_SPEC_CONFLICT', message, { found: metric, allowed })];
  });
}

/** Nothing but an objective says which direction of a plugin's metric is the better one. */
function selectProblems({ select, objectives }: SweepSpec, source: YamlSource): Problem[] {
  if (select === 'knee' || !isOwnMetric(select.best) || likeliestOf(select.best) !== null) return [];
  const named = objectives.flatMap((objective) => Object.values(objective));
  if (named.includes(select.best)) return [];
  const message = 'No objective says whether more or less of the metric is better';
  const facts = { allowed: `maximize: ${select.best} or minimize: ${select.best} among the objectives` };
  return [problemAt(source, ['select', 'best'], 'PRUNEFRONT_SPEC_CONFLICT', message, facts)];
}

function dataProblems({ task, dataset }: SweepSpec, source: YamlSource): Problem[] {
  const name = taskName(task);
  if (name === 'reconstruction') return [];
  if ('builtin' in dataset) {
    if (name === 'classification') return [];
    const facts = { allowed: 'files: idx, csv, npz, npy; or another task' };
    const message = 'The built-in data have classes and no targets';
    return [problemAt(source, ['dataset'], 'PRUNEFRONT_SPEC_CONFLICT', message, facts)];
  }
  // A reader of a plugin knows by itself what it needs.
  const [kind = '', key = ''] =
    'idx' in dataset ? ['idx', 'labels'] : 'npz' in dataset ? ['npz', 'y'] : 'npy' in dataset ? ['npy', 'y'] : [];
  const options = Object.values(dataset)[0] as Readonly<Record<string, unknown>>;
  if (kind === '' || options[key] !== undefined) return [];
  const facts = { allowed: `${key}, which only a reconstruction can do without` };
  return [problemAt(source, ['dataset', kind], 'PRUNEFRONT_SPEC_MISSING', `A ${name} needs labels`, facts)];
}

function trainingProblems({ task, baseline, space }: SweepSpec, source: YamlSource): Problem[] {
  const code = 'PRUNEFRONT_SPEC_CONFLICT';
  const problems: Problem[] = [];
  if (task !== undefined && baseline.classWeights !== undefined) {
    const message = `A ${taskName(task)} has no classes to weigh`;
    problems.push(problemAt(source, ['baseline', 'classWeights'], code, message, { allowed: 'a classification' }));
  }
  space.recovery.forEach(({ distill }, i) => {
    if (task === undefined || distill === undefined) return;
    const path = [...itemPath(source, ['space', 'recovery'], i), 'distill'];
    const message = `A ${taskName(task)} has no probabilities to learn from`;
    problems.push(problemAt(source, path, code, message, { allowed: 'a classification' }));
  });
  if (task !== undefined && baseline.loss !== undefined) {
    const message = `A ${taskName(task)} names its loss with the task`;
    problems.push(problemAt(source, ['baseline', 'loss'], code, message, { allowed: `task.${taskName(task)}.loss` }));
  }
  if (task !== undefined && 'reconstruction' in task && baseline.augment?.noise !== undefined) {
    const message = 'Noise of the augmentation would have to be reconstructed as well';
    const facts = { allowed: 'task.reconstruction.noise' };
    problems.push(problemAt(source, ['baseline', 'augment', 'noise'], code, message, facts));
  }
  return problems;
}
