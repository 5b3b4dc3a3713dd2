import type { Tensor } from '@tensorflow/tfjs';
import { describeTopology } from '../../core/models/described-topology.js';
import { foldConstants } from '../../core/models/folding.js';
import { pruningGroups } from '../../core/models/groups.js';
import type { LayersModel } from '../../core/models/model-file.js';
import type { NamedTensor } from '../../core/models/named-tensor.js';
import { applyRemoval, planRemoval, type Removal, type RemovalPlan } from '../../core/models/surgery.js';
import type { Topology } from '../../core/models/topology.js';
import { Network } from '../../core/network/network.js';
import { loadTensorFlow } from '../../core/network/tensorflow.js';
import { createRandom } from '../../core/random.js';
import { randomWeights } from './tiny-networks.js';

const tf = loadTensorFlow();

/** The physically smaller model. What the removed units gave is gone: `foldConstants` keeps what is left of it. */
export function removeUnits(
  topology: Topology,
  weights: readonly NamedTensor[],
  remove: Removal,
): LayersModel & Pick<RemovalPlan, 'keptUnits'> {
  const plan = planRemoval(topology, remove);
  const smaller = weights.map((tensor) => applyRemoval(plan, tensor));
  return { topology: plan.topology, weights: smaller, keptUnits: plan.keptUnits };
}

/** Largest difference between the smaller model's and the masked model's outputs, relative to the largest output. */
export async function removalError(topology: Topology, remove: Removal, seed: number): Promise<number> {
  const { weights, masked } = foldConstants(topology, randomWeights(topology, seed), remove);
  return outputError({ topology, weights: masked }, removeUnits(topology, weights, remove), seed);
}

/** Largest difference between two models' outputs, relative to the first one's largest output. */
export async function outputError(expected: LayersModel, found: LayersModel, seed: number): Promise<number> {
  const x = probeOf(expected.topology, seed);
  const a = await outputs(expected.topology, expected.weights, x);
  const b = await outputs(found.topology, found.weights, x);
  x.dispose();
  const scale = a.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0) / scale;
}

/** Layers of which every unit can go by itself; of layers whose units are coupled, the first. */
export function removableLayers(topology: Topology): string[] {
  const found = new Set(
    pruningGroups(topology).groups.flatMap(({ members }) => {
      const covered = new Set<number | null>([null]);
      return members.flatMap(({ layer, classes }) => {
        if (classes.some((id) => covered.has(id)) || new Set(classes).size < classes.length) return [];
        for (const id of classes) covered.add(id);
        return [layer];
      });
    }),
  );
  return topology.nodes.flatMap(({ name }) => (found.has(name) ? [name] : []));
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

/** Three inputs for a model; what looks them up in a table gets whole numbers, and what leaves out steps an empty first one. */
export function probeOf(topology: Topology, seed: number): Tensor {
  const shape = [3, ...(describeTopology(topology)[0]?.output ?? [])];
  const table = topology.nodes.find(({ className }) => className === 'Embedding');
  const normal = (size: readonly number[]): Tensor => tf.randomNormal([...size], 0, 1, 'float32', seed);
  if (topology.nodes.some(({ className }) => className === 'Masking')) {
    const [examples = 1, steps = 1, ...rest] = shape;
    return tf.tidy(() => tf.concat([tf.zeros([examples, 1, ...rest]), normal([examples, steps - 1, ...rest])], 1));
  }
  if (table === undefined) return normal(shape);
  return tf.tidy(() => tf.randomUniform(shape, 0, Number(table.config['input_dim']), 'float32', seed).floor());
}

async function outputs(topology: Topology, weights: readonly NamedTensor[], x: Tensor): Promise<Float32Array> {
  const network = await Network.build(tf, topology, weights);
  try {
    return tf.tidy(() => network.forward(x, null).dataSync() as Float32Array);
  } finally {
    network.dispose();
  }
}
