import type { Piece, Settings } from '../../registry/index.js';
import type { Granularity } from '../granularities/granularity.js';

/** A layer (or group of coupled layers) whose atoms a scope compares: weights, blocks, or units. */
export interface ComparedLayer {
  readonly layer: string;
  /** Names of all its layers, where they are coupled. */
  readonly coupled?: readonly string[];
  /** Atoms of each of them, where these do not all have all: each layer keeps its floor. */
  readonly members?: readonly (readonly number[])[];
  /** What its atoms are: parts of kernels that are masked, or units or layers that are removed. */
  readonly kind: Granularity['kind'];
  /** A score for each atom of the layer: the higher, the longer it stays. One of −∞ is gone already and never comes back. */
  readonly scores: Float32Array;
  /** Weights in each atom. */
  readonly sizes: ArrayLike<number>;
  /** Shape of the kernel as the baseline had it: what ERK reads. */
  readonly shape: readonly number[];
  /** Atoms that the layer had in the baseline. */
  readonly baselineAtoms: number;
  /** How many atoms side by side are a group of which each keeps the same number (N:M); absent elsewhere. */
  readonly groupSize?: number;
  /** Loss of accuracy at sparsities of this layer alone, from a sensitivity scan; only for scopes that ask for it. */
  readonly sensitivity?: readonly { readonly sparsity: number; readonly drop: number }[];
}

/**
 * Who is compared with whom. Either ranks atoms of different layers against each other, or says how dense each layer is to be;
 * exactly one of the two.
 */
export interface Scope extends Piece {
  /**
   * A priority for each atom of each layer, comparable between layers: the lowest goes first. It never orders two atoms of a layer against
   * their scores, and what is gone (−∞) stays so.
   */
  readonly rank?: (layers: readonly ComparedLayer[], settings: Settings) => readonly Float32Array[];
  /** Density of each layer, 0 to 1, where `sparsity` of all atoms' weights is to go; falls as the sparsity grows. */
  readonly densities?: (layers: readonly ComparedLayer[], sparsity: number, settings: Settings) => readonly number[];
  /** Whether each layer meets a target of weights or units by itself, and not all of them together. */
  readonly perLayer?: boolean;
  /** Whether layers have to come with a sensitivity scan. */
  readonly needsSensitivity?: boolean;
}
