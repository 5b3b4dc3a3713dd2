import type { PreparedData } from '../../core/datasets/prepare.js';
import type { NativeValues } from '../../core/network/native/backend.js';
import { loadTensorFlow } from '../../core/network/tensorflow.js';
import { createRandom } from '../../core/random.js';
import type { OptimizerSpec } from '../../core/sweep/spec.js';
import { relativeDifference } from '../../core/training/engines/agreement.js';
import type { Engine } from '../../core/training/engines/engine.js';
import type { EngineSettings } from '../../core/training/engines/open-engine.js';
import type { ProgramCache } from '../../core/training/engines/program-cache.js';

const NUMBERS = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** Every optimizer that a spec can name, by its name in a test. */
export const OPTIMIZERS = {
  SGD: { sgd: { learningRate: 0.05, momentum: 0, nesterov: false } },
  momentum: { sgd: { learningRate: 0.05, momentum: 0.9, nesterov: false } },
  Nesterov: { sgd: { learningRate: 0.05, momentum: 0.9, nesterov: true } },
  Adam: { adam: NUMBERS },
  AdamW: { adamW: { ...NUMBERS, weightDecay: 0.01 } },
  RMSProp: { rmsProp: { learningRate: 0.01, rho: 0.9, momentum: 0.5, epsilon: 1e-7 } },
} as const satisfies Readonly<Record<string, OptimizerSpec>>;

/** Bytes that look like images of ten kinds; 50 to train on. */
export function byteImages(shape: readonly number[], examples = 60, classes = 10): PreparedData {
  const random = createRandom(5);
  const size = shape.reduce((product, n) => product * n, 1);
  const labels = Int32Array.from({ length: examples }, (_, i) => i % classes);
  const x = Uint8Array.from({ length: examples * size }, (_, i) => {
    const label = labels[Math.floor(i / size)] ?? 0;
    return (i % classes === label ? 160 : 0) + Math.floor(random.next() * 90);
  });
  const places = Int32Array.from({ length: examples }, (_, i) => i);
  const train = places.subarray(0, Math.floor((examples * 5) / 6));
  const rest = places.subarray(train.length);
  return { x, exampleShape: [...shape], labels, classes, train, validation: rest, test: rest };
}

/** Four numbers each, and targets that follow from them; 5 of 6 to train on. */
export function regressionData(examples: number, outputs: number): PreparedData {
  const random = createRandom(9);
  const x = Float32Array.from({ length: examples * 4 }, () => random.next() * 2 - 1);
  const values = Float32Array.from({ length: examples * outputs }, (_, i) => {
    const [from, k] = [Math.floor(i / outputs) * 4, i % outputs];
    return Math.sin(2 * (x[from] ?? 0)) + (x[from + 1] ?? 0) * (x[from + 2] ?? 0) + k;
  });
  const places = Int32Array.from({ length: examples }, (_, i) => i);
  const train = places.subarray(0, Math.floor((examples * 5) / 6));
  const rest = places.subarray(train.length);
  const targets = { values, shape: [outputs] };
  return {
    x,
    exampleShape: [4],
    labels: new Int32Array(examples),
    classes: 1,
    targets,
    train,
    validation: rest,
    test: rest,
  };
}

/** What an engine trains with in a test. */
export function engineSettings(
  data: PreparedData,
  programs: ProgramCache | null,
  overrides: Partial<EngineSettings> = {},
): EngineSettings {
  return {
    tf: loadTensorFlow(),
    data,
    dataset: 'bytes',
    optimizer: OPTIMIZERS.SGD,
    batchSize: 16,
    masksKernels: false,
    callMs: 0,
    programs,
    ...overrides,
  };
}

/** Takes steps from `first` on, on batches that go round the training examples; returns their losses. */
export function takeSteps(engine: Engine, { train }: PreparedData, first: number, count: number, size = 16): number[] {
  const batches = Array.from({ length: count }, (_, k) =>
    Int32Array.from({ length: size }, (_each, i) => train[((first + k) * size + i) % train.length] ?? 0),
  );
  return engine.train(batches, 3, first);
}

/** Largest difference of any weight or slot, relative to the largest entry of its tensor. */
export function largestDifference(expected: Engine, found: Engine): number {
  const tensorsOf = (engine: Engine): NativeValues[] => [
    ...engine.readWeights().values(),
    ...[...engine.readSlots().values()].flat(),
  ];
  const [a, b] = [tensorsOf(expected), tensorsOf(found)];
  if (a.length !== b.length) return Number.NaN;
  return a.reduce((most, values, i) => Math.max(most, relativeDifference(values, b[i] ?? new Float32Array())), 0);
}
