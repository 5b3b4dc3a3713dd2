import { freemem } from 'node:os';
import type { SlotPlace } from './slots-of-machine.js';

/** What is left to models, activations, and the data on their way. */
const SHARE = 0.5;
/** Free memory that is counted with where a driver does not tell. */
const UNTOLD_BYTES = 4 * 1024 ** 3;

/** Bytes of data that the trainer of a slot may hold resident: its part of half of what is free on its device now. */
export function residentShare(
  { device: { device, visible } }: SlotPlace,
  places: readonly SlotPlace[],
  freeMemory = availableMemory(),
): number {
  const sharing = places.filter(({ device: other }) => other.visible === visible).length;
  const { memoryTotalBytes, memoryUsedBytes } = device;
  const ofGpu = memoryTotalBytes === null ? UNTOLD_BYTES : memoryTotalBytes - (memoryUsedBytes ?? 0);
  return Math.floor(((visible === null ? freeMemory : ofGpu) * SHARE) / Math.max(1, sharing));
}

/** What a container leaves counts, where Node can tell. */
function availableMemory(): number {
  const { availableMemory: available } = process as { readonly availableMemory?: () => number };
  return Math.min(freemem(), available?.() ?? Number.POSITIVE_INFINITY);
}
