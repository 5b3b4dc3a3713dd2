/** Values by weight, in the order and shape of the network's. */
export type ByWeight = ReadonlyMap<string, Float32Array>;

/** What of a layer's output a criterion can look at, an entry a unit; over examples and positions. */
export interface OutputStatistics {
  readonly mean: Float32Array;
  readonly meanAbsolute: Float32Array;
  /** Fraction of zeros (APoZ, Hu et al. 2016). */
  readonly zeros: Float32Array;
}

/**
 * What is measured of the network as it is, pruned weights being zero, on examples of the training split. Each measure is taken when it is
 * first asked for, and again after the weights have changed.
 */
export interface Evidence {
  /** Gradients of the mean loss. */
  gradients(): ByWeight;
  /**
   * The Hessian of the mean loss times its gradients (GraSP).
   * @param temperature - what logits are divided by before the loss is taken of them
   */
  hessianGradient(temperature: number): ByWeight;
  /** Gradients of SynFlow's R with respect to absolute weights; looks at no example. */
  synapticFlow(): ByWeight;
  /** Statistics of what becomes of each layer's units: of its output behind its activation, in itself or behind it, by layer. */
  outputs(): ReadonlyMap<string, OutputStatistics>;
  /**
   * L2 norm of each input feature of a kernel over examples and positions (Wanda), by weight: an entry for each place along the kernel's
   * `inputAxis`. A recurrent kernel takes what its layer gives; of a layer that gives only its last step, that one.
   */
  inputNorms(): ReadonlyMap<string, Float32Array>;
  /** Mean rank of each unit's feature map (HRank), as `outputs` sees it, by layer with units of its own. */
  featureRanks(): ReadonlyMap<string, Float32Array>;
  /**
   * Gradients of single examples, rows [examples, size of the weight], of one weight (WoodFisher).
   * @param examples - at most so many
   */
  exampleGradients(weight: string, examples: number): { readonly examples: number; readonly values: Float32Array };
  /** γ of the batch norm behind a layer (network slimming); null where there is none. */
  scaleBehind(layer: string): Float32Array | null;
  /** −Σ w·∂L/∂w since the stage began (movement), by weight. */
  movement(): ByWeight;
  /** Uniform numbers in [0, 1), seeded by the stage; the same for the same label. */
  random(label: string): () => number;
}
