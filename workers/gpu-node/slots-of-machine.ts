import type { FoundDevice } from './devices.js';

/** A place to run a stage. */
export interface SlotPlace {
  /** Number on its node, from 0. */
  readonly slot: number;
  readonly device: FoundDevice;
  /** CPU threads of its trainer; null leaves it to TensorFlow. */
  readonly threads: number | null;
}

/** The slots of a machine, device by device: as many of each as are decided. */
export function slotsOfMachine(
  devices: readonly FoundDevice[],
  { slots, threads }: { readonly slots: number; readonly threads: number | null },
): SlotPlace[] {
  return devices
    .flatMap((device) => Array.from({ length: slots }, () => device))
    .map((device, slot) => ({ slot, device, threads }));
}
