import type { Piece, Settings } from '../../registry/index.js';
import type { ScoredKernel } from '../criteria/criterion.js';

/** A kernel without its values. */
export type KernelShape = Pick<ScoredKernel, 'shape' | 'axes'>;

/** The parts of one kernel that go or stay together. */
export interface Atoms {
  /** A score for each atom: the higher, the longer it stays. */
  readonly scores: Float32Array;
  /** Weights in each atom; the last ones of an axis may be smaller. */
  readonly sizes: Uint32Array;
  /** For groups of which each keeps the same number (N:M): how many atoms a group has, atoms of a group side by side; absent elsewhere. */
  readonly groupSize?: number;
}

/** A granularity that zeroes weights and leaves shapes as they are. */
export interface MaskGranularity extends Piece {
  readonly kind: 'mask';
  /** Kernels that it prunes; others stay whole. All where it is absent. */
  readonly prunes?: (kernel: KernelShape) => boolean;
  /** The atom of each weight, in the kernel's layout; atoms count from 0. */
  readonly atomOf: (kernel: KernelShape, settings: Settings) => Uint32Array;
  /** Score of each atom from those of the weights; their mean where it is absent. */
  readonly pool?: (kernel: KernelShape, scores: Float32Array, settings: Settings) => Float32Array;
  /** For N:M: atoms of a group, side by side; absent elsewhere. */
  readonly groupSize?: (settings: Settings) => number;
  /** Why a kernel of this shape can't have it, with what is allowed; null where it can. */
  readonly unfit: (
    kernel: KernelShape,
    settings: Settings,
  ) => { readonly message: string; readonly allowed: string } | null;
  /** Sparsities that it can reach, where not all can be: N:M's. */
  readonly sparsities?: (settings: Settings) => readonly number[];
}

/** A granularity that removes units of layers physically. */
export interface UnitGranularity extends Piece {
  readonly kind: 'units';
  /** Whose units: those of convolutions, of dense layers, of recurrent ones. */
  readonly of: ReadonlySet<'filter' | 'neuron' | 'recurrent'>;
}

/** A granularity that removes whole layers or residual blocks where the shapes allow it. */
export interface LayerGranularity extends Piece {
  readonly kind: 'layers';
}

/** What goes or stays as one. */
export type Granularity = MaskGranularity | UnitGranularity | LayerGranularity;
