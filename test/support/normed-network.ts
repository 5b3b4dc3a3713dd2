import { Network } from '../../core/network/network.js';
import type { Tf } from '../../core/network/tf.js';
import { randomWeights, sequentialOf } from './tiny-networks.js';

/** Six inputs, eight units with batch norm and dropout, three classes. */
export const NORMED = sequentialOf(
  [6],
  [
    { class_name: 'Dense', config: { name: 'a', units: 8, activation: 'relu' } },
    { class_name: 'BatchNormalization', config: { name: 'norm' } },
    { class_name: 'Dropout', config: { name: 'drop', rate: 0.2 } },
    { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax' } },
  ],
);

/** A network of it with random weights. */
export function normedNetwork(tf: Tf, seed: number): Promise<Network> {
  return Network.build(tf, NORMED, randomWeights(NORMED, seed));
}
