import type { Axis } from '../../models/layers/index.js';
import type { Topology } from '../../models/topology.js';
import type { Piece, Settings } from '../../registry/index.js';
import type { Evidence } from './evidence.js';

/** A kernel that is scored. */
export interface ScoredKernel {
  readonly layer: string;
  /** Full name: `conv2d/kernel`. */
  readonly weight: string;
  readonly shape: readonly number[];
  /** Row-major; what is pruned already is zero. */
  readonly values: Float32Array;
  /** What each axis runs over: where the input's features lie, and where the layer's units. */
  readonly axes: readonly Axis[];
}

/** A layer whose units are scored: filters, neurons or recurrent units. */
export interface ScoredLayer {
  readonly layer: string;
  readonly units: number;
  /** Kernels that make the units' outputs: of a recurrent layer the one on its input and the recurrent one. */
  readonly kernels: readonly ScoredKernel[];
}

/** A penalty that training has before anything is cut; `epochs` 0 leaves it out. */
export interface Regularised {
  readonly penalty: { readonly l1?: number; readonly l2?: number; readonly gamma?: number };
  readonly epochs: number;
}

/**
 * What goes first. Scores weights, units, or both: the lowest go, whatever granularity and scope choose from.
 * A criterion that scores weights alone scores units too: by the sum of the scores of a unit's weights.
 */
export interface Criterion extends Piece {
  /** The score of each weight, in the kernel's layout. */
  readonly weights?: (kernel: ScoredKernel, evidence: Evidence, settings: Settings) => Float32Array;
  /** The score of each unit. */
  readonly units?: (layer: ScoredLayer, evidence: Evidence, settings: Settings) => Float32Array;
  /** Why a layer of the topology can't be scored, with what is allowed; null where it can. Absent where every layer can. */
  readonly unfit?: (topology: Topology, layer: string) => { readonly message: string; readonly allowed: string } | null;
  /** Whether it looks at what is measured of the network, beside weights and random numbers; what it does not look at is not set up. */
  readonly measures?: true;
  /** How often scores are taken anew on the way to a sparsity, each time after a part of it is pruned; once where it is absent. */
  readonly rounds?: (settings: Settings) => number;
  /** Training with a penalty before the first cut. */
  readonly regularised?: (settings: Settings) => Regularised;
  /** Whether it reads what the training adds up: −Σ w·∂L/∂w of every weight since the stage began. */
  readonly tracksMovement?: boolean;
  /**
   * For each unit the one that stands for it: itself where it is like no other one. When a unit goes, one that stays and that the same stands for
   * takes over its part: the consumers' weights of both are added, those of the one that goes times the ratio of their norms where that is
   * what the consumers hear.
   */
  readonly alike?: (layer: ScoredLayer, evidence: Evidence, settings: Settings) => ArrayLike<number>;
}
