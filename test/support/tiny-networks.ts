import { modelParameters } from '../../core/models/described-topology.js';
import { type NamedTensor, sizeOf } from '../../core/models/named-tensor.js';
import { parseTopology, type Topology } from '../../core/models/topology.js';
import { createRandom } from '../../core/random.js';

export type Layer = { readonly class_name: string; readonly config: Readonly<Record<string, unknown>> };

/** A sequential model on inputs of `shape`. */
export function sequentialOf(shape: readonly number[], layers: readonly Layer[]): Topology {
  const input = {
    class_name: 'InputLayer',
    config: { name: 'input', batch_input_shape: [null, ...shape], dtype: 'float32', sparse: false },
  };
  return parseTopology({ class_name: 'Sequential', config: { name: 'model', layers: [input, ...layers] } });
}

/** A functional model; each layer names its inputs. */
export function functionalOf(
  shape: readonly number[],
  layers: readonly (Layer & { readonly from: readonly string[] })[],
): Topology {
  const input = {
    class_name: 'InputLayer',
    name: 'input',
    config: { name: 'input', batch_input_shape: [null, ...shape], dtype: 'float32', sparse: false },
    inbound_nodes: [],
  };
  const rest = layers.map(({ class_name, config, from }) => ({
    class_name,
    name: String(config['name']),
    config,
    inbound_nodes: [from.map((name) => [name, 0, 0, {}])],
  }));
  const last = String(layers.at(-1)?.config['name']);
  return parseTopology({
    class_name: 'Functional',
    config: { name: 'model', layers: [input, ...rest], input_layers: [['input', 0, 0]], output_layers: [[last, 0, 0]] },
  });
}

/** Random weights that look trained: no zero, variances positive. */
export function randomWeights(topology: Topology, seed: number): NamedTensor[] {
  const random = createRandom(seed);
  return modelParameters(topology).map(({ fullName, shape }) => {
    const positive = fullName.endsWith('moving_variance');
    const values = Float32Array.from({ length: sizeOf(shape) }, () =>
      positive ? 0.5 + random.next() : random.next() - 0.5,
    );
    return { name: fullName, shape, values };
  });
}
