/** A seeded stream of numbers. */
export interface Random {
  /** Uniform in [0, 1), with 32 bits of randomness. */
  next(): number;
  /** Uniform integer from 0 to `limit` - 1. */
  integer(limit: number): number;
}

/** A stream that the seed decides: xoshiro128** (Blackman and Vigna 2018), seeded through splitmix32. Equal on every platform. */
export function createRandom(seed: number): Random {
  let word = Math.trunc(seed) >>> 0;
  const splitmix = (): number => {
    word = (word + 0x9e3779b9) >>> 0;
    let mixed = word ^ (word >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return xoshiro(splitmix(), splitmix(), splitmix(), splitmix());
}

/** A stream of its own for each label: equal for equal seed and label (FNV-1a, Fowler, Noll and Vo). */
export function createLabelledRandom(seed: number, label: string): Random {
  const hash = [...label].reduce(
    (sum, letter) => Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 0x01000193),
    0x811c9dc5,
  );
  return createRandom(hash ^ Math.imul(seed, 0x9e3779b1));
}

/** The stream from four 32-bit words on. */
function xoshiro(...words: [number, number, number, number]): Random {
  let [a, b, c, d] = words;
  const rotate = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0;
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5) >>> 0, 7), 9) >>> 0;
    const shifted = (b << 9) >>> 0;
    c = (c ^ a) >>> 0;
    d = (d ^ b) >>> 0;
    b = (b ^ c) >>> 0;
    a = (a ^ d) >>> 0;
    c = (c ^ shifted) >>> 0;
    d = rotate(d, 11);
    return result / 2 ** 32;
  };
  return { next, integer: (limit) => Math.floor(next() * limit) };
}

/**
 * A standard normal number (Box and Muller 1958).
 * @param uniform - draws from [0, 1), two of them
 */
export function standardNormal(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Shuffles in place (Fisher and Yates) and returns the same array. */
export function shuffle<T extends { length: number; [index: number]: unknown }>(items: T, random: Random): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const swapped = items[i];
    items[i] = items[j];
    items[j] = swapped;
  }
  return items;
}
