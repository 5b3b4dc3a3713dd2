import { createRandom, type Random, standardNormal } from '../random.js';
import { modelParameters } from './described-topology.js';
import { type NamedTensor, sizeOf } from './named-tensor.js';
import { orthogonal } from './orthogonal.js';
import type { LayerConfig, Topology } from './topology.js';

/**
 * Initial weights that the seed decides, the same on every platform. Known initializers are Keras' Zeros, Ones, Constant,
 * RandomUniform, Orthogonal, and the uniform and normal ones of Glorot, He and LeCun; any other counts as GlorotUniform.
 */
export function initialWeights(topology: Topology, seed: number): NamedTensor[] {
  const random = createRandom(seed);
  return modelParameters(topology).map(({ fullName, shape, node, initializer: [key, fallback], wrapped, ones }) => {
    const own = topology.nodes[node]?.config ?? {};
    const { name, config } = initializerOf(wrapped === true ? wrappedConfig(own) : own, key, fallback);
    const values = fill(name, config, shape, random);
    return { name: fullName, shape, values: ones === undefined ? values : values.fill(1, ...ones) };
  });
}

function wrappedConfig({ layer }: LayerConfig): LayerConfig {
  return ((layer ?? {}) as { readonly config?: LayerConfig }).config ?? {};
}

function initializerOf(layer: LayerConfig, key: string, fallback: string): { name: string; config: LayerConfig } {
  const value = layer[key];
  if (typeof value !== 'object' || value === null) return { name: fallback, config: {} };
  const { class_name, config } = value as { class_name?: unknown; config?: unknown };
  return { name: String(class_name ?? fallback), config: (config ?? {}) as LayerConfig };
}

function fill(name: string, config: LayerConfig, shape: readonly number[], random: Random): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  const { fanIn, fanOut } = fans(shape);
  const uniform = (limit: number): Float32Array => values.map(() => (random.next() * 2 - 1) * limit);
  const normal = (deviation: number): Float32Array =>
    values.map(() => truncatedNormal(random) * (deviation / 0.8796256610342398));
  switch (name) {
    case 'Zeros':
      return values;
    case 'Ones':
      return values.fill(1);
    case 'Constant':
      return values.fill(Number(config['value'] ?? 0));
    case 'Orthogonal': {
      const columns = shape.at(-1) ?? 1;
      const gain = Number(config['gain'] ?? 1);
      return Float32Array.from(
        orthogonal(values.length / columns, columns, () => standardNormal(random.next)),
        (value) => value * gain,
      );
    }
    case 'RandomUniform': {
      const from = Number(config['minval'] ?? -0.05);
      const width = Number(config['maxval'] ?? 0.05) - from;
      return values.map(() => from + random.next() * width);
    }
    case 'LeCunUniform':
      return uniform(Math.sqrt(3 / fanIn));
    case 'HeUniform':
      return uniform(Math.sqrt(6 / fanIn));
    case 'HeNormal':
      return normal(Math.sqrt(2 / fanIn));
    case 'LeCunNormal':
      return normal(Math.sqrt(1 / fanIn));
    case 'GlorotNormal':
      return normal(Math.sqrt(2 / (fanIn + fanOut)));
    default:
      return uniform(Math.sqrt(6 / (fanIn + fanOut)));
  }
}

/** Fan-in and fan-out of a kernel as Keras counts them. */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const field = sizeOf(shape.slice(0, -2));
  const fanIn = (shape.at(-2) ?? shape[0] ?? 1) * field;
  return { fanIn, fanOut: (shape.at(-1) ?? 1) * field };
}

/** Standard normal cut off at two deviations, as in Keras' variance scaling. */
function truncatedNormal(random: Random): number {
  for (;;) {
    const value = standardNormal(random.next);
    if (Math.abs(value) <= 2) return value;
  }
}
