import { availableParallelism } from 'node:os';
import type { FoundDevice } from './devices.js';

/** A place to run a stage. */
export interface SlotPlace {
  /** Number on its node, from 0. */
  readonly slot: number;
  readonly device: FoundDevice;
}

/**
 * The slots of a machine, device by device.
 * @param asked - slots of each GPU, or of the CPU; null is one for each GPU, or one for each core
 */
export function slotsOfMachine(devices: readonly FoundDevice[], asked: number | null): SlotPlace[] {
  return devices
    .flatMap((device) => {
      const count = asked ?? (device.visible === null ? availableParallelism() : 1);
      return Array.from({ length: count }, () => device);
    })
    .map((device, slot) => ({ slot, device }));
}
