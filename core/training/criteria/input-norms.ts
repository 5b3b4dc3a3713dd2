import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { describeTopology, type ModelParameter, modelParameters } from '../../models/described-topology.js';
import { integers } from '../../models/layers/description.js';
import type { LayerNode } from '../../models/topology.js';
import type { Network } from '../../network/network.js';
import type { Tf } from '../../network/tf.js';
import { inputAxis } from '../../pruning/criteria/index.js';
import type { Measurement } from './measurement.js';

/** Kernels that multiply their input, whose norms can be seen: all that are pruned but tables that are looked up. */
export function kernelsWithInput({ topology }: Network): ModelParameter[] {
  return modelParameters(topology).filter((parameter) => parameter.prunable && inputAxis(parameter) >= 0);
}

/**
 * Sums of squares of each input feature of a kernel over positions, of one example in the mean: squares of what Wanda multiplies weights with
 * (Sun et al. 2023). A recurrent kernel takes the layer's own output, a pointwise one what the depthwise kernel makes of the input.
 */
export function inputNorms(tf: Tf, network: Network): Measurement {
  const kernels = kernelsWithInput(network);
  return {
    name: 'inputNorms',
    variables: network.variables,
    outputs: kernels.map(({ fullName }) => fullName),
    run: ([x]) => {
      const outputs = network.layerOutputs(x as Tensor, null);
      const examples = (x as Tensor).shape[0] ?? 1;
      return kernels.map((kernel) => {
        const taken = inputOf(tf, network, kernel, outputs, x as Tensor);
        return taken
          .square()
          .reshape([-1, taken.shape.at(-1) ?? 1])
          .sum(0)
          .div(examples);
      });
    },
    dispose() {},
  };
}

/** What a kernel multiplies. */
function inputOf(
  tf: Tf,
  { topology, variables }: Network,
  { node, axes }: ModelParameter,
  outputs: ReadonlyMap<string, Tensor>,
  x: Tensor,
): Tensor {
  const { nodes } = topology;
  const own = nodes[node] as LayerNode;
  const outputOf = (name: string | undefined): Tensor => outputs.get(name ?? '') ?? x;
  const role = axes[inputAxis({ axes })]?.role;
  if (role === 'out') return outputOf(own.name);
  const input = outputOf(nodes[own.inputs[0] ?? -1]?.name);
  if (role !== 'multiplied') return input;
  const [depthwise] = describeTopology(topology)[node]?.parameters ?? [];
  const kernel = variables.get(`${own.name}/${depthwise?.name}`) as unknown as Tensor4D;
  const pair = (key: string): [number, number] => integers(own.config, key, 2, 1) as [number, number];
  const padding = own.config['padding'] === 'same' ? 'same' : 'valid';
  return tf.depthwiseConv2d(input as Tensor4D, kernel, pair('strides'), padding, 'NHWC', pair('dilation_rate'));
}
