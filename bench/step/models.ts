/** The models of the zoo whose training step is measured; models.py and handwritten_models.py have the same ones. */
export const MODELS = ['lenet300100', 'mnistCnn', 'residualCnn', 'lstm64'] as const;
export type ModelName = (typeof MODELS)[number];

/** How many times longer a peer's step should take than ours; null where the ratio is only shown. */
export interface Wanted {
  /** The faster `fit` of Keras 2 and 3 on the whole machine. */
  readonly keras: number | null;
  /** The same against ours in bfloat16. */
  readonly kerasByBfloat16: number | null;
  /** The handwritten graph in as many processes. */
  readonly handwritten: number;
  /** `fit` of tfjs, one process on each side. */
  readonly tfjs: number | null;
}

export const WANTED: Readonly<Record<ModelName, Wanted>> = {
  lenet300100: { keras: 3, kerasByBfloat16: null, handwritten: 0.95, tfjs: 6 },
  mnistCnn: { keras: 1.5, kerasByBfloat16: 2, handwritten: 0.95, tfjs: 3 },
  residualCnn: { keras: null, kerasByBfloat16: null, handwritten: 0.95, tfjs: null },
  lstm64: { keras: 2, kerasByBfloat16: null, handwritten: 0.95, tfjs: 10 },
};

/** Whether a model has convolutions, so that bfloat16 is worth showing. */
export function isConvolutional(model: ModelName): boolean {
  return model === 'mnistCnn' || model === 'residualCnn';
}
