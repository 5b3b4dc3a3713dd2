import type { Tensor } from '@tensorflow/tfjs';
import { describeTopology } from '../../core/models/described-topology.js';
import type { NamedTensor } from '../../core/models/named-tensor.js';
import { removableLayers } from '../../core/models/removable-layers.js';
import { maskRemoved, planRemoval, type Removal, removeUnits } from '../../core/models/surgery.js';
import type { Topology } from '../../core/models/topology.js';
import { Network } from '../../core/network/network.js';
import { loadTensorFlow } from '../../core/network/tensorflow.js';
import { createRandom } from '../../core/random.js';
import { randomWeights } from './tiny-networks.js';

const tf = loadTensorFlow();

/** Largest difference between the smaller model's and the masked model's outputs, relative to the largest output. */
export async function removalError(topology: Topology, remove: Removal, seed: number): Promise<number> {
  const weights = randomWeights(topology, seed);
  const plan = planRemoval(topology, remove);
  const smaller = removeUnits(topology, weights, remove);
  const x = tf.randomNormal([3, ...(describeTopology(topology)[0]?.output ?? [])], 0, 1, 'float32', seed);
  const masked = await outputs(topology, maskRemoved(plan, weights), x);
  const found = await outputs(smaller.topology, smaller.weights, x);
  x.dispose();
  const scale = masked.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return masked.reduce((most, value, i) => Math.max(most, Math.abs(value - (found[i] ?? Number.NaN))), 0) / scale;
}

/** Some units of each removable layer, never all. */
export function randomRemoval(topology: Topology, seed: number): Removal {
  const random = createRandom(seed);
  const entries = removableLayers(topology).map((name) => {
    const flow = describeTopology(topology)[topology.nodes.findIndex((node) => node.name === name)]?.flow;
    const units = flow?.kind === 'produces' ? flow.units : 1;
    const kept = random.integer(units);
    return [
      name,
      Array.from({ length: units }, (_, unit) => unit).filter((unit) => unit !== kept && random.next() < 0.5),
    ] as const;
  });
  return Object.fromEntries(entries.filter(([, units]) => units.length > 0));
}

async function outputs(topology: Topology, weights: readonly NamedTensor[], x: Tensor): Promise<Float32Array> {
  const network = await Network.build(tf, topology, weights);
  try {
    return tf.tidy(() => network.forward(x, null).dataSync() as Float32Array);
  } finally {
    network.dispose();
  }
}
