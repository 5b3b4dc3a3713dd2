import type { LayerNode, Topology } from './topology.js';

/** Whether a layer says of steps that they are left out. */
export function leavesOutSteps({ className, config }: LayerNode): boolean {
  return className === 'Masking' || config['mask_zero'] === true;
}

/** Indices of the nodes that some such layer comes before. */
export function nodesBehindMask({ nodes }: Topology): ReadonlySet<number> {
  const leaving = new Set<number>();
  const behind = new Set<number>();
  for (const [i, node] of nodes.entries()) {
    if (leavesOutSteps(node)) leaving.add(i);
    if (node.inputs.some((input) => leaving.has(input) || behind.has(input))) behind.add(i);
  }
  return behind;
}
