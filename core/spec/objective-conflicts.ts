import { outputShape } from '../models/described-topology.js';
import { isFrozen } from '../models/frozen.js';
import type { Topology } from '../models/topology.js';
import { batchNormOf } from '../models/wrapped-layers.js';
import type { SweepSpec } from '../sweep/spec.js';
import { type Problem, problemAt } from './problems.js';
import type { YamlSource } from './yaml-source.js';

/** What of the objective of trainings the model has no place for. */
export function objectiveConflicts({ baseline }: SweepSpec, topology: Topology, source: YamlSource): Problem[] {
  const { classWeights, penalty } = baseline;
  const code = 'PRUNEFRONT_SPEC_CONFLICT';
  const problems: Problem[] = [];
  const isList = classWeights !== undefined && classWeights !== 'balanced';
  const classes = isList ? outputShape(topology)[0] : undefined;
  if (isList && classWeights.length !== classes) {
    const facts = {
      found: `${classWeights.length} weights`,
      allowed: `balanced, or ${classes} weights, one for each class of the model's output`,
    };
    const message = 'There is not a weight for each class';
    problems.push(problemAt(source, ['baseline', 'classWeights'], code, message, facts));
  }
  if (penalty?.gamma !== undefined && !hasGamma(topology)) {
    const message = 'The model has no batch norm whose scales could be made small';
    problems.push(problemAt(source, ['baseline', 'penalty', 'gamma'], code, message, { allowed: 'l1, l2' }));
  }
  return problems;
}

/** Whether some batch norm has a scale that is trained. */
function hasGamma({ nodes }: Topology): boolean {
  return nodes.some((node) => {
    const norm = batchNormOf(node);
    return norm !== null && norm['scale'] !== false && !isFrozen(node);
  });
}
