import type { LayerConfig, Topology } from '../models/topology.js';

const ZEROS = { class_name: 'Zeros', config: {} };

/** The topology with zeros for every initializer: weights that are overwritten at once need not be drawn, which takes tfjs long. */
export function emptyWeights(topology: Topology): Topology {
  return { ...topology, nodes: topology.nodes.map((node) => ({ ...node, config: emptied(node.config) })) };
}

function emptied(config: LayerConfig): LayerConfig {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      if (key.endsWith('_initializer')) return [key, ZEROS];
      const isNested = typeof value === 'object' && value !== null && !Array.isArray(value);
      return [key, isNested ? emptied(value as LayerConfig) : value];
    }),
  );
}
