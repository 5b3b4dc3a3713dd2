import type { Tensor } from '@tensorflow/tfjs';
import type { Network } from '../../network/network.js';
import type { Tf } from '../../network/tf.js';
import type { Measurement } from './measurement.js';

/** What layers with one output give for each example: [n, ...shape]. No mean of batches. */
export function layerOutputs(network: Network, layers: readonly string[]): Measurement {
  return {
    name: 'layerOutputs',
    variables: network.variables,
    outputs: layers,
    run: ([x]) => {
      const outputs = network.layerOutputs(x as Tensor, null);
      return layers.map((layer) => outputs.get(layer) as Tensor);
    },
    dispose() {},
  };
}

/** The least and the greatest of what layers with one output give for a batch: [2]. No mean of batches. */
export function layerRanges(tf: Tf, network: Network, layers: readonly string[]): Measurement {
  const all = layerOutputs(network, layers);
  return {
    ...all,
    name: 'layerRanges',
    run: (batch, seed) => all.run(batch, seed).map((output) => tf.stack([output.min(), output.max()])),
  };
}
