import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelFiles, WEIGHTS_FILE } from '../../core/models/model-file.js';
import type { LayerNode, Topology } from '../../core/models/topology.js';
import { randomWeights } from './tiny-networks.js';

/** Saves a model with random weights as tfjs does. */
export async function writeModel(folder: string, topology: Topology): Promise<void> {
  const { modelJson, weightsBin } = modelFiles(topology, randomWeights(topology, 1));
  await writeFile(join(folder, 'model.json'), modelJson);
  await writeFile(join(folder, WEIGHTS_FILE), weightsBin);
}

/** A model `two` of dense layers `out0`, `out1`, … on inputs `in0`, `in1`, …, of which the last have none. */
export function manyEnded({ inputs, outputs }: { readonly inputs: number; readonly outputs: number }): Topology {
  const input = (_: unknown, i: number): LayerNode => ({
    name: `in${i}`,
    className: 'InputLayer',
    config: { name: `in${i}`, batch_input_shape: [null, 3], dtype: 'float32', sparse: false },
    inputs: [],
  });
  const output = (_: unknown, i: number): LayerNode => ({
    name: `out${i}`,
    className: 'Dense',
    config: { name: `out${i}`, units: 2, activation: 'softmax' },
    inputs: [0],
  });
  const nodes = [...Array.from({ length: inputs }, input), ...Array.from({ length: outputs }, output)];
  return {
    name: 'two',
    form: 'Functional',
    nodes,
    outputs: Array.from({ length: outputs }, (_, i) => inputs + i),
  };
}
