import { describeTopology } from '../../models/described-topology.js';
import type { Topology } from '../../models/topology.js';

/** Layers that give no value but those that they take, and 0: what is on a grid stays on it. In training dropout would leave its range. */
const MOVING = new Set([
  'Flatten',
  'Reshape',
  'Dropout',
  'SpatialDropout1D',
  'MaxPooling1D',
  'MaxPooling2D',
  'MaxPooling3D',
  'GlobalMaxPooling1D',
  'GlobalMaxPooling2D',
  'ZeroPadding2D',
]);

/**
 * Layers whose outputs a kernel multiplies, be it after others that only move them: what integer arithmetic reads. The model's input is what
 * it is.
 */
export function activationLayers(topology: Topology): string[] {
  const descriptions = describeTopology(topology);
  const makerOf = (index: number): number => {
    const { className, inputs } = topology.nodes[index] ?? { className: '', inputs: [] };
    const [from] = inputs;
    return from !== undefined && MOVING.has(className) ? makerOf(from) : index;
  };
  const read = new Set(
    topology.nodes.flatMap(({ inputs }, i) =>
      descriptions[i]?.parameters.some(({ uses }) => uses > 0) === true ? inputs.map(makerOf) : [],
    ),
  );
  return topology.nodes.flatMap(({ name, className }, i) => (read.has(i) && className !== 'InputLayer' ? [name] : []));
}
