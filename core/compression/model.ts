import type { NamedTensor } from '../models/named-tensor.js';
import type { Topology } from '../models/topology.js';
import type { Clusters } from './clustering/clusters.js';
import type { ActivationGrid } from './quantization/fake-quantization.js';
import type { QuantizedTensor } from './quantization/quantize.js';

/** What a weight is made of; a weight that is clustered and then quantized has both, its quantized values being the shared ones. */
export interface Encoding {
  readonly clusters?: Clusters;
  readonly quantized?: QuantizedTensor;
}

/** A model on its way through compressions. */
export interface CompressedModel {
  readonly topology: Topology;
  /** In the order of the model; those that have an encoding are exactly what it stands for. */
  readonly weights: readonly NamedTensor[];
  /** 0/1 for each weight of the kernels that are pruned weight by weight. */
  readonly masks: ReadonlyMap<string, Uint8Array>;
  /** By weight. */
  readonly encodings: ReadonlyMap<string, Encoding>;
  /** The grid that the outputs of a layer are put on when the model runs, by layer. */
  readonly activations: ReadonlyMap<string, ActivationGrid>;
  /** What compressions did and left, a line each, for people. */
  readonly notes: readonly string[];
}

/** A model that nothing has been done to yet. Its zeros are +0: a mask leaves −0 of a negative weight, which is a value like any other in a file. */
export function uncompressed(
  topology: Topology,
  weights: readonly NamedTensor[],
  masks: CompressedModel['masks'],
): CompressedModel {
  return { topology, weights: positiveZeros(weights), masks, encodings: new Map(), activations: new Map(), notes: [] };
}

/** The weights with +0 for −0; no output changes. */
export function positiveZeros(weights: readonly NamedTensor[]): readonly NamedTensor[] {
  return weights.map((weight) => ({ ...weight, values: weight.values.map((value) => value + 0) }));
}

/** The model with other values for some weights, by name. */
export function withValues(
  weights: readonly NamedTensor[],
  values: ReadonlyMap<string, Float32Array>,
): readonly NamedTensor[] {
  return weights.map((weight) => ({ ...weight, values: values.get(weight.name) ?? weight.values }));
}
