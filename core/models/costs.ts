import { modelParameters } from './described-topology.js';
import { sizeOf } from './named-tensor.js';
import type { Topology } from './topology.js';

/** What a model costs by its shape alone. */
export interface Costs {
  readonly parameters: number;
  /** Multiply-accumulates of convolution, dense and recurrent kernels for one example; biases, norms and activations are not counted. */
  readonly macs: number;
}

/** Parameters and multiply-accumulates of one example. */
export function costsOf(topology: Topology): Costs {
  let parameters = 0;
  let macs = 0;
  for (const { shape, uses } of modelParameters(topology)) {
    const size = sizeOf(shape);
    parameters += size;
    macs += size * uses;
  }
  return { parameters, macs };
}

/**
 * Multiply-accumulates of one example that nonzero weights need.
 * @param nonzero - nonzero elements of each weight by full name
 */
export function nonzeroMacs(topology: Topology, nonzero: ReadonlyMap<string, number>): number {
  return modelParameters(topology).reduce((sum, { fullName, uses }) => sum + (nonzero.get(fullName) ?? 0) * uses, 0);
}
