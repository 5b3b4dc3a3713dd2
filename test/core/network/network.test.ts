import { describe, expect, it } from 'vitest';
import { initialWeights } from '../../../core/models/initial-weights.js';
import { ZOO_NAMES, zooModel } from '../../../core/models/zoo/index.js';
import { Network } from '../../../core/network/network.js';
import { loadTensorFlow } from '../../../core/network/tensorflow.js';

const tf = loadTensorFlow();

describe('a network', () => {
  it.each(ZOO_NAMES)(
    'given the zoo’s %s, when it is built and disposed, then no tensor is left of it',
    async (name) => {
      const topology = zooModel(name);
      const before = tf.memory().numTensors;
      const network = await Network.build(tf, topology, initialWeights(topology, 1));
      expect(tf.memory().numTensors).toBe(before + network.variables.size);
      network.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});
