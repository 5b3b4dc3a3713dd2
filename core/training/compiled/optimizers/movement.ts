import type { GraphVariable } from '../graph/graph.js';
import type { GraphOptimizer } from './graph-optimizer.js';

/** The twin of `withMovement` in a graph: −g·w is added to the last slot before the weight changes. */
export function graphWithMovement(optimizer: GraphOptimizer): GraphOptimizer {
  return (scope, parts) => {
    const { weights, slots, gradient, after } = parts;
    const movement = slots.at(-1) as GraphVariable;
    const own = scope.math('Mul', gradient, scope.read(weights, after));
    const moved = scope.assign(movement, scope.math('Sub', scope.read(movement), own));
    return optimizer(scope, { ...parts, slots: slots.slice(0, -1), after: [...after, moved] });
  };
}
