/**
 * The largest absolute difference between what a case expects and what was found; infinite where their shapes, keys or other
 * values differ. `null` among expected numbers stands for infinity, which JSON lacks.
 */
export function largestDifference(expected: unknown, found: unknown): number {
  if (typeof expected === 'number' && typeof found === 'number') return numbers(expected, found);
  if (expected === null) return found === Number.POSITIVE_INFINITY || found === null ? 0 : Number.POSITIVE_INFINITY;
  if (Array.isArray(expected)) {
    if (!Array.isArray(found) || found.length !== expected.length) return Number.POSITIVE_INFINITY;
    return largest(expected.map((value, i) => largestDifference(value, found[i])));
  }
  if (typeof expected === 'object' && typeof found === 'object' && found !== null) {
    const entries = Object.entries(expected as object);
    return largest(entries.map(([key, value]) => largestDifference(value, (found as Record<string, unknown>)[key])));
  }
  return expected === found ? 0 : Number.POSITIVE_INFINITY;
}

function numbers(expected: number, found: number): number {
  const difference = Math.abs(expected - found);
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}

/** Not `Math.max(...)`, whose number of arguments is limited. */
function largest(differences: readonly number[]): number {
  return differences.reduce((a, b) => Math.max(a, b), 0);
}
