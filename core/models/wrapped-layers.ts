import type { LayerConfig, LayerNode } from './topology.js';

/** What of a node says what it does. */
type Layer = Pick<LayerNode, 'className' | 'config'>;

/** The layer that runs at every step where one is time-distributed; any other is itself. */
export function stepLayer({ className, config }: Layer): Layer {
  if (className !== 'TimeDistributed') return { className, config };
  const wrapped = config['layer'] as { readonly class_name: string; readonly config: LayerConfig };
  return stepLayer({ className: wrapped.class_name, config: wrapped.config });
}

/** The config of the batch norm that a layer is, or that it runs at every step; null where it is none. Its weights are the layer's own. */
export function batchNormOf(layer: Layer): LayerConfig | null {
  const { className, config } = stepLayer(layer);
  return className === 'BatchNormalization' ? config : null;
}
