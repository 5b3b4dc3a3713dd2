/** What both sides train: mnistCnn, batch 64, two epochs each, weight magnitude in each layer. */
export const BASELINE = { epochs: 3, batchSize: 64, learningRate: 0.001 } as const;
export const TRAINING = { epochs: 2, batchSize: 64, learningRate: 0.001 } as const;

export const SPARSITIES = [0.5, 0.7, 0.8, 0.9, 0.95, 0.98] as const;

/** 7,000 training examples in batches of 64 make 220 steps of two epochs: the target is reached at step 160, and 60 steps recover. */
const POLYNOMIAL = { initialSparsity: 0.3, beginStep: 0, endStep: 160, power: 3, frequency: 20 } as const;
const CONSTANT = { beginStep: 0, endStep: 160, frequency: 20 } as const;

/** A candidate as peer.py reads it. */
export interface BenchCandidate {
  readonly schedule: 'polynomial' | 'constant';
  readonly sparsity: number;
  readonly settings: typeof POLYNOMIAL | typeof CONSTANT;
}

/** The twelve candidates. */
export const CANDIDATES: readonly BenchCandidate[] = [
  ...SPARSITIES.map((sparsity) => ({ schedule: 'polynomial', sparsity, settings: POLYNOMIAL }) as const),
  ...SPARSITIES.map((sparsity) => ({ schedule: 'constant', sparsity, settings: CONSTANT }) as const),
];

/** What products and convolutions are computed in, on our side; the peer knows float32 alone. */
export type Precision = 'float32' | 'bfloat16';

/** The same as a spec of Prunefront. */
export function benchSpec(precision: Precision): string {
  const optimizer = (rate: number) => `{ adam: { learningRate: ${rate} } }`;
  return `name: bench-sweep-${precision}
model: { zoo: mnistCnn }
dataset: { builtin: mnist }
split: { validation: 0.1, test: 0.2, seed: 1 }
baseline: { epochs: ${BASELINE.epochs}, batchSize: ${BASELINE.batchSize}, optimizer: ${optimizer(BASELINE.learningRate)}, precision: ${precision} }
space:
  method:
    - { granularity: weight, criterion: magnitude, scope: layer }
  sparsity: [${SPARSITIES.join(', ')}]
  schedule:
    - { polynomialDecay: { initialSparsity: 0.3, beginStep: 0, endStep: 160, frequency: 20, power: 3 } }
    - { constant: { beginStep: 0, endStep: 160, frequency: 20 } }
  recovery: { epochs: ${TRAINING.epochs}, learningRate: ${TRAINING.learningRate} }
search: { algorithm: grid, seed: 1 }
objectives:
  - maximize: accuracy
  - minimize: bytesGzip
select: knee
budget: { candidates: ${CANDIDATES.length} }
`;
}
