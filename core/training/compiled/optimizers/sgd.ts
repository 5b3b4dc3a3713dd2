import { DataType } from '../graph/node.js';
import type { GraphOptimizer } from './graph-optimizer.js';

const FLOAT = { T: { type: DataType.float32 }, use_locking: { bool: false } };

/** Gradient descent: `ResourceApplyGradientDescent`, with momentum `ResourceApplyKerasMomentum`. */
export function graphSgd({ momentum, nesterov }: { momentum: number; nesterov: boolean }): GraphOptimizer {
  return (scope, { weights, slots: [velocity], gradient, numbers: [rate = ''], after }) => {
    const own = scope.capture(weights.handle, 'resource');
    if (velocity === undefined)
      return scope.add('ResourceApplyGradientDescent', [own, rate, gradient], FLOAT, { after });
    const inputs = [own, scope.capture(velocity.handle, 'resource'), rate, gradient, scope.scalar(momentum)];
    return scope.add('ResourceApplyKerasMomentum', inputs, { ...FLOAT, use_nesterov: { bool: nesterov } }, { after });
  };
}
