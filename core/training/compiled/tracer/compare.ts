import { isDeepStrictEqual } from 'node:util';
import type { ConstantValues } from '../graph/node.js';
import type { Recording } from './recording.js';

/**
 * Why two recordings of one function on different batches are not one graph, or null where they are: what depends on the batch by way of
 * JavaScript, or was drawn by it at random, differs between the two.
 */
export function differenceOf(a: Recording, b: Recording): string | null {
  if (a.events.length !== b.events.length) return `two passes ran ${a.events.length} and ${b.events.length} operations`;
  const placesA = new Map<number, number>();
  const placesB = new Map<number, number>();
  for (const [i, one] of a.events.entries()) {
    const two = b.events[i];
    if (one.kind === 'upload' && two?.kind === 'upload') {
      if (!isDeepStrictEqual(one.shape, two.shape)) return 'two passes uploaded constants of different shapes';
      if (!sameValues(one.values, two.values))
        return `two passes disagree on a constant of shape [${one.shape.join(', ')}]: it was computed outside TensorFlow`;
      placesA.set(one.output, i);
      placesB.set(two.output, i);
    } else if (one.kind === 'operation' && two?.kind === 'operation') {
      if (one.name !== two.name) return `two passes ran ${one.name} and ${two.name} at the same place`;
      if (!isDeepStrictEqual(one.attributes, two.attributes))
        return `two passes ran ${one.name} with different attributes`;
      const wired = one.inputs.every((id, k) => placesA.get(id) === placesB.get(two.inputs[k] ?? -1));
      if (!wired) return `two passes gave ${one.name} different inputs`;
      one.outputs.forEach((id, k) => {
        placesA.set(id, i + (k + 1) / 1000);
        placesB.set(two.outputs[k] ?? -1, i + (k + 1) / 1000);
      });
    } else return 'two passes ran different operations';
  }
  return null;
}

function sameValues(a: ConstantValues, b: ConstantValues): boolean {
  if ('uniform' in a && 'uniform' in b) return Object.is(a.uniform, b.uniform);
  if ('all' in a && 'all' in b) return isDeepStrictEqual(a.all, b.all);
  return false;
}
