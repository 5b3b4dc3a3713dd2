import { loadavg } from 'node:os';

/** Cores that others may take without a measurement being any the worse. */
export const QUIET_LOAD = 0.5;

/** What this machine has had to do in the last minute, in cores; 0 where it is not told. */
export function loadNow(): number {
  return loadavg()[0] ?? 0;
}

/**
 * The load of a machine before a calibration begins, where that is what may disturb it: nothing of it is the calibration's own then. Null
 * on a quiet machine.
 */
export function disturbanceBy(load: number): number | null {
  return load > QUIET_LOAD ? load : null;
}

/** The same for people; empty on a quiet machine. */
export function disturbanceInWords(load: number | null): string {
  return load === null ? '' : `others kept ${load.toFixed(1)} cores busy, so it may be disturbed`;
}
