import type { LayerConfig, LayerNode } from './topology.js';

/** What of a node says what it does. */
export type Layer = Pick<LayerNode, 'className' | 'config'>;

/** The layer that runs at every step where one is time-distributed; any other is itself. */
export function stepLayer({ className, config }: Layer): Layer {
  const inner = className === 'TimeDistributed' ? innerOf(config) : null;
  return inner === null ? { className, config } : stepLayer(inner);
}

/** The layer that runs at every step, in both directions, or both; any other is itself. */
export function innermostLayer({ className, config }: Layer): Layer {
  const inner = innerOf(config);
  return inner === null ? { className, config } : innermostLayer(inner);
}

/** The layer that a wrapper's config holds; null of any other layer. */
function innerOf(config: LayerConfig): Layer | null {
  const inner = config['layer'] as { readonly class_name: string; readonly config: LayerConfig } | undefined;
  return inner === undefined ? null : { className: inner.class_name, config: inner.config };
}

/** The config of the batch norm that a layer is, or that it runs at every step; null where it is none. Its weights are the layer's own. */
export function batchNormOf(layer: Layer): LayerConfig | null {
  const { className, config } = stepLayer(layer);
  return className === 'BatchNormalization' ? config : null;
}
