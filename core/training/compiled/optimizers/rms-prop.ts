import { DataType } from '../graph/node.js';
import type { GraphOptimizer } from './graph-optimizer.js';

/** RMSProp: `ResourceApplyRMSProp`. */
export function graphRmsProp({
  rho,
  momentum,
  epsilon,
}: {
  rho: number;
  momentum: number;
  epsilon: number;
}): GraphOptimizer {
  return (scope, { weights, slots, gradient, numbers: [rate = ''], after }) => {
    const handles = [weights, ...slots].map(({ handle }) => scope.capture(handle, 'resource'));
    const inputs = [...handles, rate, scope.scalar(rho), scope.scalar(momentum), scope.scalar(epsilon), gradient];
    const attributes = { T: { type: DataType.float32 }, use_locking: { bool: false } };
    return scope.add('ResourceApplyRMSProp', inputs, attributes, { after });
  };
}
