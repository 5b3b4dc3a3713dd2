import { PrunefrontError } from '../../errors.js';
import { type Histogram, histogram } from './histogram.js';
import type { Range } from './quantize.js';

/** Finds the range of a layer's outputs, batch by batch. */
export interface Observer {
  /** Looks at the outputs of a batch. */
  observe(values: Float32Array): void;
  /** The range of what was seen; null where nothing was. */
  range(): Range | null;
}

/** How the range of activations is found. */
export type Calibration =
  | { readonly kind: 'minMax' }
  /** The range in which this fraction of the values lies, as much being cut off below as above. */
  | { readonly kind: 'percentile'; readonly fraction: number }
  /** Means of the batches' least and greatest values that forget: old · momentum + new · (1 − momentum) (Jacob et al. 2018). */
  | { readonly kind: 'movingAverage'; readonly momentum: number };

/** A fresh observer. */
export function createObserver(calibration: Calibration): Observer {
  switch (calibration.kind) {
    case 'minMax':
      return folding((seen, batch) => ({ min: Math.min(seen.min, batch.min), max: Math.max(seen.max, batch.max) }));
    case 'movingAverage': {
      const { momentum } = calibration;
      const moved = (old: number, now: number): number => old * momentum + now * (1 - momentum);
      return folding((seen, batch) => ({ min: moved(seen.min, batch.min), max: moved(seen.max, batch.max) }));
    }
    case 'percentile':
      return percentile(calibration.fraction);
  }
}

/**
 * The range that an observer found.
 * @throws PrunefrontError `PRUNEFRONT_COMPRESSION` where it has seen no data
 */
export function requireRange(observer: Observer, layer: string): Range {
  const range = observer.range();
  if (range !== null) return range;
  throw new PrunefrontError(
    'PRUNEFRONT_COMPRESSION',
    `The activations of layer ${layer} were calibrated without data`,
    {
      place: layer,
      found: 'no example',
      allowed: 'at least one example to calibrate on',
    },
  );
}

function folding(fold: (seen: Range, batch: Range) => Range): Observer {
  let seen: Range | null = null;
  return {
    observe(values) {
      if (values.length === 0) return;
      const batch = rangeOf(values);
      seen = seen === null ? batch : fold(seen, batch);
    },
    range: () => seen,
  };
}

function percentile(fraction: number): Observer {
  const values: Histogram = histogram();
  const ends = folding((seen, batch) => ({ min: Math.min(seen.min, batch.min), max: Math.max(seen.max, batch.max) }));
  return {
    observe(batch) {
      ends.observe(batch);
      values.add(batch);
    },
    range() {
      const seen = ends.range();
      if (seen === null) return null;
      const { from, to } = values.middle(fraction);
      return { min: Math.max(seen.min, from), max: Math.min(seen.max, to) };
    },
  };
}

function rangeOf(values: Float32Array): Range {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}
