import type { Tensor } from '@tensorflow/tfjs';
import type { Network } from '../../network/network.js';
import { randomSource } from '../../network/random-source.js';
import type { Tf } from '../../network/tf.js';
import type { PassSettings } from './gradients.js';
import type { Measurement } from './measurement.js';

/** What of a layer's output is measured for each channel: entries of its last axis, over examples and positions. */
export const STATISTICS = ['mean', 'meanAbsolute', 'zeros'] as const;

/** Statistics of one layer's output, an entry a channel: mean, mean absolute value, and the fraction of zeros (APoZ, Hu et al. 2016). */
export type ActivationStatistics = Readonly<Record<(typeof STATISTICS)[number], Float32Array>>;

/**
 * Statistics of the outputs of all layers with one output. Where an activation is part of a layer its output has it; the last layer
 * gives logits.
 */
export function activationStatistics(tf: Tf, network: Network, { mode }: Pick<PassSettings, 'mode'>): Measurement {
  return {
    name: 'activations',
    variables: network.variables,
    outputs: network.layersWithOutput.flatMap((layer) => STATISTICS.map((statistic) => `${layer} ${statistic}`)),
    run: ([x], seed) => {
      const outputs = network.layerOutputs(x as Tensor, mode === 'training' ? randomSource(tf, seed) : null);
      return [...outputs.values()].flatMap((output) => {
        const rows = output.reshape([-1, output.shape.at(-1) ?? 1]);
        return [rows.mean(0), rows.abs().mean(0), rows.equal(0).cast('float32').mean(0)];
      });
    },
    dispose() {},
  };
}
