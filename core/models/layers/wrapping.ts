import { PrunefrontError } from '../../errors.js';
import type { LayerConfig } from '../topology.js';
import { type Describe, type LayerDescription, only, type Producing } from './description.js';

/** Describes a layer of any class. */
export type DescribeAny = (
  layer: { readonly name: string; readonly className: string; readonly config: LayerConfig },
  inputs: readonly (readonly number[])[],
) => LayerDescription;

/** How a bidirectional layer joins what its two directions give; concatenated, they stay two features. */
const MERGES: Readonly<Record<string, ((forward: number, backward: number) => number) | null>> = {
  concat: null,
  sum: (forward, backward) => forward + backward,
  ave: (forward, backward) => (forward + backward) / 2,
  mul: (forward, backward) => forward * backward,
};

/** TimeDistributed: the wrapped layer at every step, with the same weights. */
export function timeDistributed(describe: DescribeAny): Describe {
  return (config, inputs, layer) => {
    const [steps = 1, ...step] = only(inputs, layer);
    const wrapped = describe(wrappedLayer(config, layer), [step]);
    const { flow, parameters, output, resized, built } = wrapped;
    return {
      ...wrapped,
      output: [steps, ...output],
      parameters: parameters.map((parameter) => ({ ...parameter, uses: parameter.uses * steps, wrapped: true })),
      flow,
      ...(built === undefined ? {} : { built: rewrapped(config, built) }),
      ...(resized === undefined ? {} : { resized: (count) => rewrapped(config, resized(count)) }),
    };
  };
}

/**
 * Bidirectional (Schuster and Paliwal 1997): the wrapped recurrent layer forwards and backwards, each with weights of its own. Unit j is unit j
 * of both directions: they share one number of units.
 */
export function bidirectional(describe: DescribeAny): Describe {
  return (config, inputs, layer) => {
    const inner = wrappedLayer(config, layer);
    const { flow, parameters, output, activation, resized } = describe(inner, [only(inputs, layer)]);
    const mode = config['merge_mode'] === undefined ? 'concat' : String(config['merge_mode']);
    const merge = MERGES[mode];
    if (merge === undefined || flow.kind !== 'produces' || flow.granularity !== 'recurrent') {
      throw new PrunefrontError('PRUNEFRONT_MODEL_UNSUPPORTED', `Layer ${layer} joins its directions in no known way`, {
        place: layer,
        found: `${inner.className} joined by ${mode}`,
        allowed: `LSTM, GRU or SimpleRNN joined by ${Object.keys(MERGES).join(', ')}`,
      });
    }
    const directions = [`forward_${inner.name}/`, `backward_${inner.name}/`] as const;
    return {
      output: merge === null ? output.map((size, i) => (i === output.length - 1 ? 2 * size : size)) : output,
      parameters: directions.flatMap((prefix) =>
        parameters.map((parameter) => ({ ...parameter, name: `${prefix}${parameter.name}`, wrapped: true as const })),
      ),
      flow: { ...flow, constant: joined(flow, directions, merge), takes: takenBy(flow, directions) },
      activation,
      ...(resized === undefined ? {} : { resized: (count) => rewrapped(config, resized(count)) }),
    };
  };
}

function joined(
  { constant, units }: Producing,
  directions: readonly [string, string],
  merge: ((forward: number, backward: number) => number) | null,
): Producing['constant'] {
  return (feature, weights) => {
    const [forward, backward] = directions.map((prefix) =>
      constant(feature % units, (parameter) => weights(`${prefix}${parameter}`)),
    );
    if (merge === null) return (feature < units ? forward : backward) ?? null;
    return typeof forward === 'number' && typeof backward === 'number' ? merge(forward, backward) : null;
  };
}

function takenBy({ takes }: Producing, directions: readonly string[]): Producing['takes'] {
  if (takes === null) return null;
  const intakes = directions.flatMap((prefix) =>
    takes.intakes.map(({ kernels, bias }) => ({
      kernels: kernels.map((name) => `${prefix}${name}`),
      bias: `${prefix}${bias}`,
    })),
  );
  return { ...takes, intakes };
}

function wrappedLayer(config: LayerConfig, layer: string): Parameters<DescribeAny>[0] {
  const { class_name: className, config: own } = (config['layer'] ?? {}) as Partial<Record<string, unknown>>;
  if (typeof className === 'string' && typeof own === 'object' && own !== null) {
    const inner = own as LayerConfig;
    return { name: String(inner['name'] ?? layer), className, config: inner };
  }
  throw new PrunefrontError('PRUNEFRONT_MODEL_FORMAT', `Layer ${layer} wraps no layer`, {
    place: layer,
    allowed: 'layer with class_name and config',
  });
}

function rewrapped(config: LayerConfig, own: LayerConfig): LayerConfig {
  return { ...config, layer: { ...(config['layer'] as LayerConfig), config: own } };
}
