/** How a quantity is written. */
export type Kind =
  | 'fraction'
  | 'change'
  | 'decibels'
  | 'decibelChange'
  | 'count'
  | 'bytes'
  | 'milliseconds'
  | 'seconds'
  | 'number';

/** A quantity with its unit: 1,000 bytes are a kB, fractions are shown in per cent, changes of fractions in points. */
export function formatQuantity(value: number | null | undefined, kind: Kind): string;

/** A quantity without idle zeros, for the ticks of an axis. */
export function formatTick(value: number, kind: Kind): string;

/** How a value compares with that of the dense model, in words. */
export function formatComparison(
  value: number | null | undefined,
  dense: number | null | undefined,
  kind: Kind,
): string;
