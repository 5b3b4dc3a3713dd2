import { describeTopology } from './described-topology.js';
import { integers } from './layers/description.js';
import { TFJS_NORM_AXES } from './layers/normalization.js';
import { nodesBehindMask } from './masked-steps.js';
import type { Topology } from './topology.js';
import { innermostLayer, type Layer } from './wrapped-layers.js';

/** What of a model's layers runs here and not, or otherwise, in tfjs, each with its layer: ``GRU with `reset_after` (`gru`)``. */
export function beyondTfjs(topology: Topology): string[] {
  const behindMask = nodesBehindMask(topology);
  const descriptions = describeTopology(topology);
  return topology.nodes.flatMap((node, i) => {
    const axes = (descriptions[i]?.output.length ?? 0) - (node.className === 'TimeDistributed' ? 1 : 0);
    const what = beyond(innermostLayer(node), axes, behindMask.has(i));
    return what === null ? [] : [`${what} (\`${node.name}\`)`];
  });
}

function beyond({ className, config }: Layer, axes: number, isBehindMask: boolean): string | null {
  if (className === 'GRU' && config['reset_after'] === true) return 'GRU with `reset_after`';
  if (className === 'Conv1D' && config['padding'] === 'causal') return 'causal convolution';
  if (className === 'DepthwiseConv2D' && integers(config, 'dilation_rate', 2, 1).some((rate) => rate > 1))
    return 'dilated depthwise convolution';
  if (className === 'BatchNormalization' && axes > TFJS_NORM_AXES) return 'batch norm of volumes';
  return className === 'Softmax' && isBehindMask ? 'softmax behind steps that are left out' : null;
}
