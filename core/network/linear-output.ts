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
  if (node.className === 'TimeDistributed') {
    const { class_name, config } = node.config['layer'] as { class_name: string; config: LayerNode['config'] };
    const wrapped = linearLayer({ ...node, className: class_name, config });
    return { ...node, config: { ...node.config, layer: { class_name: wrapped.className, config: wrapped.config } } };
  }
  if (node.className === 'Softmax')
    return { ...node, className: 'Activation', config: { name: node.name, activation: 'linear' } };
  return node.config['activation'] === 'softmax' ? { ...node, config: { ...node.config, activation: 'linear' } } : node;
}
