import type { LayerNode, Topology } from '../models/topology.js';

/**
 * The topology with logits in place of probabilities at its output: a softmax at the end is taken off, because cross-entropy on logits
 * is faster and does not lose digits. Any other output stays as it is.
 */
export function linearOutput(topology: Topology): Topology {
  const [last] = topology.outputs;
  return { ...topology, nodes: topology.nodes.map((node, i) => (i === last ? linearLayer(node) : node)) };
}

function linearLayer(node: LayerNode): LayerNode {
  if (node.className === 'Softmax')
    return { ...node, className: 'Activation', config: { name: node.name, activation: 'linear' } };
  return node.config['activation'] === 'softmax' ? { ...node, config: { ...node.config, activation: 'linear' } } : node;
}
