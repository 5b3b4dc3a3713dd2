/**
 * Sparsity after each of R rounds when every round prunes the same fraction of what is left (Han et al. 2015, Frankle and Carbin 2019):
 * 1 − (1 − s)^(r / R). The last is exactly `sparsity`.
 */
export function roundSparsities(sparsity: number, rounds: number): number[] {
  return Array.from({ length: rounds }, (_, r) =>
    r === rounds - 1 ? sparsity : 1 - (1 - sparsity) ** ((r + 1) / rounds),
  );
}
