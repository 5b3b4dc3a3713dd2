import type { Clusters } from '../../compression/clustering/clusters.js';
import type { ActivationGrid, CompressedModel, Encoding } from '../../compression/index.js';
import { arrayOf, type QuantizationFormat, type QuantizedTensor } from '../../compression/quantization/quantize.js';
import { parseTopology, type Topology, toKerasConfig } from '../../models/topology.js';
import type { TensorData } from '../../store/safetensors.js';

/** What compressions have done to a model so far. */
export interface CompressionFacts extends Pick<CompressedModel, 'encodings' | 'activations' | 'notes'> {
  /** The layers that pruning counts from in place of the baseline's; null where these are still those. */
  readonly layers: Topology | null;
}

/** Prefix of the tensors of encodings. */
const ENCODINGS = 'encodings/';

/** What of the facts is no tensor. */
interface FactsMetadata extends Pick<CompressionFacts, 'notes'> {
  readonly layers: unknown;
  readonly activations: Readonly<Record<string, ActivationGrid>>;
  readonly encodings: Readonly<Record<string, EncodingMetadata>>;
}

interface EncodingMetadata {
  readonly clusters?: Pick<Clusters, 'keepsZeros'>;
  readonly quantized?: QuantizationFormat & Pick<QuantizedTensor, 'channels'>;
}

/** The arrays of all encodings as tensors of a file. */
export function encodingTensors({ encodings }: CompressionFacts): Map<string, TensorData> {
  const tensors = new Map<string, TensorData>();
  const add = (name: string, data: Float32Array | Int32Array): void => {
    const shape = [data.length];
    tensors.set(
      `${ENCODINGS}${name}`,
      data instanceof Float32Array ? { dtype: 'float32', shape, data } : { dtype: 'int32', shape, data },
    );
  };
  for (const [name, { clusters, quantized }] of encodings) {
    if (clusters !== undefined) {
      add(`codes/${name}`, Int32Array.from(clusters.codes));
      add(`centroids/${name}`, clusters.centroids);
    }
    if (quantized !== undefined) {
      add(`integers/${name}`, Int32Array.from(quantized.integers));
      add(`scale/${name}`, quantized.scale);
      add(`zeroPoint/${name}`, Int32Array.from(quantized.zeroPoint));
    }
  }
  return tensors;
}

/** The rest of the facts as data. */
export function factsMetadata({ encodings, activations, notes, layers }: CompressionFacts): FactsMetadata {
  const own = [...encodings].map(([name, { clusters, quantized }]): [string, EncodingMetadata] => [
    name,
    {
      ...(clusters === undefined ? {} : { clusters: { keepsZeros: clusters.keepsZeros } }),
      ...(quantized === undefined ? {} : { quantized: formatOf(quantized) }),
    },
  ]);
  return {
    notes,
    layers: layers === null ? null : toKerasConfig(layers),
    activations: Object.fromEntries(activations),
    encodings: Object.fromEntries(own),
  };
}

/** The facts from both. */
export function readFacts(metadata: FactsMetadata, tensors: ReadonlyMap<string, TensorData>): CompressionFacts {
  const arrayAt = (name: string): ArrayLike<number> => tensors.get(`${ENCODINGS}${name}`)?.data ?? [];
  const encodings = Object.entries(metadata.encodings).map(([name, own]): [string, Encoding] => {
    const clusters = own.clusters && {
      codes: Uint16Array.from(arrayAt(`codes/${name}`)),
      centroids: Float32Array.from(arrayAt(`centroids/${name}`)),
      ...own.clusters,
    };
    const quantized = own.quantized && {
      ...own.quantized,
      integers: integersOf(own.quantized, arrayAt(`integers/${name}`)),
      scale: Float32Array.from(arrayAt(`scale/${name}`)),
      zeroPoint: Uint16Array.from(arrayAt(`zeroPoint/${name}`)),
    };
    return [name, { ...(clusters && { clusters }), ...(quantized && { quantized }) }];
  });
  return {
    notes: metadata.notes,
    layers: metadata.layers === null ? null : parseTopology(metadata.layers),
    activations: new Map(Object.entries(metadata.activations)),
    encodings: new Map(encodings),
  };
}

function integersOf(format: QuantizationFormat, values: ArrayLike<number>): QuantizedTensor['integers'] {
  const integers = new (arrayOf(format))(values.length);
  integers.set(values);
  return integers;
}

/** How a tensor is quantized, without what its values decide. */
export function formatOf({ scheme, bits, channels }: QuantizedTensor): NonNullable<EncodingMetadata['quantized']> {
  return { scheme, bits, channels };
}
