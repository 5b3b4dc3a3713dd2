import { addSignal } from '../graph/variables.js';
import type { Layout } from './layout.js';

/** Node whose fetch multiplies masked weights and their slots by the masks. */
export const MASKING = 'masking';

/** Adds the node. */
export function addMasking({ top, graph, weights, slots, masks }: Layout): void {
  const done = [...masks].flatMap(([name, mask]) => {
    const own = weights.get(name);
    const masked = [...(own === undefined ? [] : [own]), ...(slots.get(name) ?? [])];
    const values = top.read(mask);
    return masked.map((variable) => top.assign(variable, top.math('Mul', top.read(variable), values)));
  });
  addSignal(graph, MASKING, done);
}
