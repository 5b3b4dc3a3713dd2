/** How rounds share a sparsity: each the same part of what is left, or each as much. */
export type RoundRate = 'geometric' | 'fixed';

/**
 * Sparsity after each of R rounds, the last exactly `sparsity`. At a geometric rate every round prunes the same fraction of what is left
 * (Han et al. 2015, Frankle and Carbin 2019): 1 − (1 − s)^(r / R); at a fixed one it prunes as much as every other one: s · r / R.
 */
export function roundSparsities(sparsity: number, rounds: number, rate: RoundRate = 'geometric'): number[] {
  return Array.from({ length: rounds }, (_, r) => {
    if (r === rounds - 1) return sparsity;
    const part = (r + 1) / rounds;
    return rate === 'fixed' ? sparsity * part : 1 - (1 - sparsity) ** part;
  });
}
