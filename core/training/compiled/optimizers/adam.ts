import type { Scope } from '../graph/graph.js';
import { DataType, type Ref } from '../graph/node.js';
import type { GraphOptimizer, UpdateParts } from './graph-optimizer.js';

const FLOAT = { T: { type: DataType.float32 }, use_locking: { bool: false }, use_nesterov: { bool: false } };

/**
 * Adam: `ResourceApplyAdam`. The rate that it is given holds the bias correction, in double precision; powers of zero switch the kernel's
 * own off, which loses digits.
 */
export function graphAdam(settings: { beta1: number; beta2: number; epsilon: number }): GraphOptimizer {
  return (scope, parts) => applyAdam(scope, parts, settings);
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019): weights shrink by the step's second number first. */
export function graphAdamW(settings: { beta1: number; beta2: number; epsilon: number }): GraphOptimizer {
  return (scope, parts) => {
    const shrunk = scope.math('Mul', scope.read(parts.weights, parts.after), parts.numbers[1] ?? '');
    const decayed = scope.assign(parts.weights, shrunk, parts.after);
    return applyAdam(scope, { ...parts, after: [...parts.after, decayed] }, settings);
  };
}

function applyAdam(
  scope: Scope,
  { weights, slots, gradient, numbers: [rate = ''], after }: UpdateParts,
  { beta1, beta2, epsilon }: { beta1: number; beta2: number; epsilon: number },
): Ref {
  const handles = [weights, ...slots].map(({ handle }) => scope.capture(handle, 'resource'));
  const none = scope.scalar(0);
  const constants = [beta1, beta2, epsilon].map((value) => scope.scalar(value));
  return scope.add('ResourceApplyAdam', [...handles, none, none, rate, ...constants, gradient], FLOAT, { after });
}
