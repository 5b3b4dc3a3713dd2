import type { LayerConfig, LayerNode } from './topology.js';

/** Whether training leaves the weights of a layer as they are; a layer that wraps another one is what that one is. */
export function isFrozen({ config }: Pick<LayerNode, 'config'>): boolean {
  const wrapped = config['layer'] as { readonly config?: LayerConfig } | undefined;
  return (wrapped?.config ?? config)['trainable'] === false;
}
