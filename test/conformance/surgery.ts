import type { Tensor } from '@tensorflow/tfjs';
import { costsOf } from '../../core/models/costs.js';
import { describeTopology } from '../../core/models/described-topology.js';
import type { NamedTensor } from '../../core/models/named-tensor.js';
import type { Removal } from '../../core/models/surgery.js';
import { parseTopology, type Topology, toKerasConfig } from '../../core/models/topology.js';
import { loadTensorFlow } from '../../core/network/tensorflow.js';
import { removeUnits } from '../support/removals.js';
import { flatten, type Nested } from './nested.js';

export interface SurgeryInput {
  readonly topology: unknown;
  readonly weights: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly values: readonly number[];
  }[];
  readonly remove: Removal;
  readonly x: Nested;
}

/** Cuts the units out, builds the physically smaller model, and runs it: its outputs and its parameters. */
export async function removeAndRun({ topology: json, weights, remove, x }: SurgeryInput): Promise<unknown> {
  const topology = parseTopology(json);
  const smaller = removeUnits(topology, named(topology, weights), remove);
  const tf = loadTensorFlow();
  const model = await tf.models.modelFromJSON(toKerasConfig(smaller.topology) as never);
  const inputs = flatten(x);
  try {
    const y = tf.tidy(() => {
      for (const layer of model.layers) {
        const own = smaller.weights.filter(({ name }) => name.startsWith(`${layer.name}/`));
        layer.setWeights(own.map(({ values, shape }) => tf.tensor(values, [...shape], 'float32')));
      }
      return (model.predict(tf.tensor(inputs.values, inputs.shape, 'float32')) as Tensor).arraySync();
    });
    return { y, parameters: costsOf(smaller.topology).parameters };
  } finally {
    model.dispose();
  }
}

/** The case's weights under the project's names: Keras' recurrent layers put their cell's name between layer and weight. */
function named(topology: Topology, weights: SurgeryInput['weights']): NamedTensor[] {
  return describeTopology(topology).flatMap(({ parameters }, node) => {
    const layer = topology.nodes[node]?.name ?? '';
    const own = weights.filter(({ name }) => name.startsWith(`${layer}/`));
    return parameters.map((parameter, i) => ({
      name: `${layer}/${parameter.name}`,
      shape: own[i]?.shape ?? [],
      values: Float32Array.from(own[i]?.values ?? []),
    }));
  });
}
