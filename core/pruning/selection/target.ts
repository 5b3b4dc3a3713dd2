import type { SparsityCount } from '../../sweep/spec.js';

/** How sparse a selection is to be. */
export interface Target {
  /** 0 to 1. */
  readonly sparsity: number;
  /** `units` are atoms here, be they weights, blocks or units of layers. */
  readonly count: SparsityCount;
  /** What the whole model costs; absent for weights and units where the compared layers' atoms tell it by themselves. */
  readonly costs?: Costs;
}

/** Atoms that a layer keeps. */
export interface KeptAtoms {
  readonly count: number;
  /** Which these are; only asked for where it makes a difference, because the layer's scores have to be sorted for it. */
  readonly atoms: () => Uint32Array;
}

/** What the whole model costs in the target's count. */
export interface Costs {
  /** With these atoms in each layer, in the order of the layers; falls with them. */
  readonly of: (kept: readonly KeptAtoms[]) => number;
  /** Of the baseline. */
  readonly baseline: number;
}

/** What a target lets the whole model cost. */
export function mostOf({ sparsity }: Pick<Target, 'sparsity'>, { baseline }: Costs): number {
  // (1 − 0.9) · 100 is 9.999999999999998.
  return (1 - sparsity) * baseline * (1 + 1e-9);
}
