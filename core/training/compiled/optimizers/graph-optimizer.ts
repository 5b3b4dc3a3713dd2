import type { GraphVariable, Scope } from '../graph/graph.js';
import type { Ref } from '../graph/node.js';

/** What an optimizer's nodes are made of, for one weight. */
export interface UpdateParts {
  readonly weights: GraphVariable;
  /** In the order of `Optimizer.slotNames`. */
  readonly slots: readonly GraphVariable[];
  readonly gradient: Ref;
  /** Float32 scalars of the step, in the order of `Optimizer.numbers`. */
  readonly numbers: readonly Ref[];
  /** What reads the weights first. */
  readonly after: readonly Ref[];
}

/** An optimizer in a graph: adds the update of one weight by one of TensorFlow's fused kernels and returns it, to wait for. */
export type GraphOptimizer = (scope: Scope, parts: UpdateParts) => Ref;
