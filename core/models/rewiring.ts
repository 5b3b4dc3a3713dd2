import type { Topology } from './topology.js';

/** A change of a graph by which nodes go. */
export interface Rewiring {
  readonly gone: ReadonlySet<number>;
  /** By node: whose output is taken in place of its own; null where nothing is. */
  readonly instead: ReadonlyMap<number, number | null>;
}

/** The graph without some nodes. */
export function rewired(topology: Topology, { gone, instead }: Rewiring): Topology {
  const places = new Map<number, number>();
  for (const node of topology.nodes.keys()) if (!gone.has(node)) places.set(node, places.size);
  const taken = (node: number): number[] => {
    const other = instead.get(node);
    if (other === null) return [];
    return other === undefined ? [places.get(node) ?? 0] : taken(other);
  };
  const nodes = topology.nodes.filter((_, node) => !gone.has(node));
  return {
    ...topology,
    nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.flatMap(taken) })),
    outputs: topology.outputs.flatMap(taken),
  };
}
