import type { Topology } from '../../core/models/topology.js';
import { type Evidence, inputAxis, type ScoredLayer, scoredLayers } from '../../core/pruning/criteria/index.js';
import { createRandom } from '../../core/random.js';
import { evidenceOf } from './evidence.js';
import { type Layer, randomWeights, sequentialOf } from './tiny-networks.js';

const LAYERS: readonly (readonly [shape: readonly number[], className: string, config: Layer['config']])[] = [
  [[5], 'Dense', { units: 4 }],
  [[6, 3], 'Conv1D', { filters: 4, kernel_size: [2] }],
  [[5, 5, 3], 'Conv2D', { filters: 4, kernel_size: [2, 3] }],
  [[4, 4, 4, 2], 'Conv3D', { filters: 4, kernel_size: [2, 2, 2] }],
  [[4, 4, 3], 'Conv2DTranspose', { filters: 4, kernel_size: [2, 2] }],
  [[5, 5, 3], 'SeparableConv2D', { filters: 4, kernel_size: [2, 2], depth_multiplier: 2 }],
  [[6], 'Embedding', { input_dim: 7, output_dim: 4 }],
  [[6, 3], 'LSTM', { units: 4 }],
  [[6, 3], 'GRU', { units: 4 }],
  [[6, 3], 'SimpleRNN', { units: 4 }],
];

/** A layer of every class that has units, four of them, by the name of the class. */
export const LAYER_KINDS: ReadonlyMap<string, Topology> = new Map(
  LAYERS.map(([shape, className, config]) => [
    className,
    sequentialOf(shape, [{ class_name: className, config: { name: 'own', ...config } }]),
  ]),
);

/** The layer of a kind with random weights. */
export function layerOf(kind: string, seed: number): ScoredLayer {
  const topology = LAYER_KINDS.get(kind);
  const [layer] = topology === undefined ? [] : scoredLayers(topology, randomWeights(topology, seed));
  if (layer === undefined) throw new Error(`no layer of the kind ${kind}`);
  return layer;
}

/** Evidence of a layer that is all random numbers between −0.5 and 0.5, or 0 and 1 where it can't be negative. */
export function randomEvidence({ layer, units, kernels }: ScoredLayer, seed: number): Evidence {
  const random = createRandom(seed);
  const numbers = (length: number, lowest = -0.5) => Float32Array.from({ length }, () => random.next() + lowest);
  const byWeight = new Map(kernels.map(({ weight, values }) => [weight, numbers(values.length)]));
  const norms = new Map(kernels.map((kernel) => [kernel.weight, numbers(kernel.shape[inputAxis(kernel)] ?? 0, 0.1)]));
  const statistics = { mean: numbers(units), meanAbsolute: numbers(units, 0), zeros: numbers(units, 0) };
  const ranks = numbers(units, 0);
  const examples = new Map(kernels.map(({ weight, values }) => [weight, numbers(values.length * 3)]));
  const scale = numbers(units);
  return evidenceOf({
    gradients: () => byWeight,
    hessianGradient: () => byWeight,
    synapticFlow: () => byWeight,
    movement: () => byWeight,
    outputs: () => new Map([[layer, statistics]]),
    inputNorms: () => norms,
    featureRanks: () => new Map([[layer, ranks]]),
    exampleGradients: (weight) => ({ examples: 3, values: examples.get(weight) ?? numbers(0) }),
    scaleBehind: () => scale,
  });
}
