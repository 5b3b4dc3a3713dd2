import type { Tensor } from '@tensorflow/tfjs';
import type { Network } from '../../network/network.js';
import { randomSource } from '../../network/random-source.js';
import type { Tf } from '../../network/tf.js';
import type { Measurement } from './measurement.js';

/** Means and variances of the batch at every batch norm, in a pass as in training, by the names of the moving statistics that follow them. */
export function batchStatistics(tf: Tf, network: Network): Measurement {
  return {
    name: 'batchStatistics',
    variables: network.variables,
    outputs: network.movingStatistics,
    run: ([x], seed) => {
      const statistics = network.batchStatistics(x as Tensor, randomSource(tf, seed));
      return network.movingStatistics.map((name) => statistics.get(name) as Tensor);
    },
    dispose() {},
  };
}
