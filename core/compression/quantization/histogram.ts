/** Counts of values in bins of equal width, which doubles whenever a value lies outside. */
export interface Histogram {
  add(values: Float32Array): void;
  /** The edges of the bins between which at least `fraction` of the values lies, at most half of the rest on each side. */
  middle(fraction: number): { readonly from: number; readonly to: number };
}

const BINS = 8192;
/** Where bins begin: no activation is told from 0 below that. */
const SMALLEST_REACH = 2 ** -40;

/** An empty histogram, symmetric about 0. */
export function histogram(): Histogram {
  const counts = new Float64Array(BINS);
  let reach = SMALLEST_REACH;
  let total = 0;
  const widen = (value: number): void => {
    if (total === 0) reach = Math.max(2 ** Math.floor(Math.log2(Math.abs(value))), SMALLEST_REACH);
    for (; Math.abs(value) >= reach; reach *= 2) halve(counts);
  };
  const edge = (bin: number): number => (bin / (BINS / 2) - 1) * reach;
  return {
    add(values) {
      for (const value of values) {
        if (!Number.isFinite(value)) continue;
        widen(value);
        const bin = Math.floor((value / reach + 1) * (BINS / 2));
        counts[bin] = (counts[bin] ?? 0) + 1;
        total++;
      }
    },
    middle(fraction) {
      const outside = ((1 - fraction) / 2) * total;
      return { from: edge(rank(counts, outside)), to: edge(BINS - rank(counts.toReversed(), outside)) };
    },
  };
}

/** Bins of twice the width about the same middle. */
function halve(counts: Float64Array): void {
  const old = counts.slice();
  counts.fill(0);
  old.forEach((count, bin) => {
    const wider = BINS / 4 + Math.floor(bin / 2);
    counts[wider] = (counts[wider] ?? 0) + count;
  });
}

/** The first bin with which more than `outside` values are counted. */
function rank(counts: Float64Array, outside: number): number {
  let seen = 0;
  const found = counts.findIndex((count) => {
    seen += count;
    return seen > outside;
  });
  return Math.max(found, 0);
}
