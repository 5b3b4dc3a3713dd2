import type { ErrorData } from '../../../core/errors.js';
import { zooModel } from '../../../core/models/zoo/index.js';
import type { CurvePoint, Observation } from '../../../core/sweep/observation.js';
import type { ResultRow, SweepResult } from '../../../core/sweep/result.js';
import { describeSchedule, isIterative, type Schedule, withinStage } from '../../../core/sweep/schedule.js';
import type { Method, SweepSpec } from '../../../core/sweep/spec.js';
import type { Candidate, Stage } from '../../../core/sweep/stage.js';
import { mainScore } from '../../../core/sweep/task.js';

const METHODS: readonly Method[] = [
  { granularity: 'weight', criterion: 'magnitude', scope: 'global' },
  { granularity: 'filter', criterion: 'l1', scope: 'layer' },
];
const SCHEDULES: readonly Schedule[] = [
  'oneShot',
  { polynomialDecay: { initialSparsity: 0.3, beginStep: 0, endStep: null, frequency: 20, power: 3 } },
  { iterative: { rounds: 2, rewind: 'none', epochsPerRound: 1, fineTune: { epochs: 1, learningRate: 0.0001 } } },
];
const SPARSITIES = [0.5, 0.7, 0.9, 0.98];
const RECOVERY = { epochs: 2, learningRate: 0.0005 };
const ADAM = { adam: { learningRate: 0.0005, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } };
const DENSE_LAYERS = [
  { layer: 'conv2d', parameters: 288, units: 32 },
  { layer: 'conv2d_1', parameters: 18_432, units: 64 },
  { layer: 'dense', parameters: 16_000, units: 10 },
];

const SPEC: SweepSpec = {
  name: 'mnist-cnn <night> & "day"',
  model: { zoo: 'mnistCnn' },
  dataset: { builtin: 'mnist' },
  split: { validation: 0.1, test: 0.2, seed: 11 },
  baseline: { epochs: 5, batchSize: 64, optimizer: ADAM, seed: 12 },
  space: { method: METHODS, sparsity: SPARSITIES, schedule: SCHEDULES, recovery: [RECOVERY] },
  search: { algorithm: 'grid', seed: 13 },
  objectives: [{ maximize: 'accuracy' }, { minimize: 'bytesGzip' }, { minimize: 'latencyP50' }],
  constraints: [{ accuracyDrop: { atMost: 0.01 } }],
  select: 'knee',
  budget: { candidates: 24, wallClockMs: null },
};

/** What all of its rows could be models of. */
export const SAMPLE_MODEL = zooModel('mnistCnn');

/** A curve that falls and wiggles the same way each time. */
function sampleCurve(from: number, to: number, epochs: number, accuracy: number, sparsity: number): CurvePoint[] {
  const stepsPerEpoch = 110;
  return Array.from({ length: (epochs * stepsPerEpoch) / 10 + 1 }, (_, i) => {
    const step = i * 10;
    const done = step / (epochs * stepsPerEpoch);
    const atEpochEnd = step > 0 && step % stepsPerEpoch === 0;
    return {
      step,
      epoch: Math.floor(step / stepsPerEpoch),
      loss: to + (from - to) * Math.exp(-4 * done) + 0.02 * Math.abs(Math.sin(i * 1.7)),
      sparsity,
      validationAccuracy: atEpochEnd ? accuracy - 0.02 * (1 - done) : null,
    };
  });
}

/** What a candidate of a sparsity would measure: numbers of a plausible size, in the right relations. */
function sampleObservation(sparsity: number, structured: boolean, quality: number): Observation {
  const kept = structured ? 1 - sparsity : 1;
  const accuracy = 0.9885 - 0.9 * Math.max(0, sparsity - 0.55) ** 4 * (structured ? 2.6 : 1) - quality;
  const dense = 34_826;
  const parameters = Math.round(dense * kept);
  const nonzeroParameters = Math.round(dense * (1 - sparsity * 0.99));
  const score = (value: number, examples: number) => ({ accuracy: value, loss: 0.04 + (1 - value) * 2.2, examples });
  const latency = 0.21 + 0.5 * kept ** 1.4;
  return {
    validation: score(accuracy, 1000),
    afterPruning: sparsity === 0 ? null : score(Math.max(0.1, accuracy - sparsity ** 3 * 0.6), 1000),
    test: sparsity === 0 || sparsity === 0.7 ? score(accuracy - 0.0021, 2000) : null,
    requestedSparsity: sparsity,
    reachedSparsity: sparsity,
    parameters,
    nonzeroParameters,
    macs: Math.round(2_468_000 * kept ** 1.6) + 16_000,
    nonzeroMacs: Math.round(2_468_000 * (1 - sparsity) ** 1.3) + 16_000,
    bytesDense: parameters * 4 + 320,
    bytesGzip: Math.round(nonzeroParameters * 3.9 + parameters * 0.12) + 300,
    bytesSparse: Math.round(nonzeroParameters * 4.9) + 400,
    latency: { batchSize: 1, p50: latency, p95: latency * 1.32, runs: 200 },
    batchLatency: { batchSize: 64, p50: latency * 9, p95: latency * 10.4, runs: 50 },
    surgeryDifference: structured ? 2.4e-7 : null,
    layers: DENSE_LAYERS.map(({ layer, parameters: all, units }, i) => {
      const own = Math.min(0.99, sparsity * (0.75 + 0.15 * i));
      const gone = structured && i < 2;
      return {
        layer,
        parameters: gone ? Math.round(all * (1 - own)) : all,
        nonzero: Math.round(all * (1 - own)),
        units: gone ? Math.max(1, Math.round(units * (1 - own))) : units,
        baselineUnits: units,
        floorHit: structured && i === 0 && sparsity > 0.9,
      };
    }),
    curve: sampleCurve(
      sparsity === 0 ? 2.1 : 0.3 + sparsity,
      0.03 + (1 - accuracy),
      sparsity === 0 ? 5 : 2,
      accuracy,
      sparsity,
    ),
    deviceSeconds: 8.4 + sparsity,
    device: 'CPU, 1 thread',
    versions: { node: '20.20.2', tensorflow: '2.21.0' },
  };
}

function sampleStages(method: Method, sparsity: number, schedule: Schedule, id: string): Stage[] {
  const stage = (key: string, parent: string, operation: Stage['operation']): Stage => ({
    key,
    parent,
    baseline: 'b0',
    operation,
    dataset: 'd0',
    seed: 7,
  });
  const training = { epochs: 2, batchSize: 64, optimizer: ADAM };
  if (isIterative(schedule)) {
    const prune = (to: number) =>
      ({ kind: 'prune', method, sparsity: to, schedule: 'oneShot', rewind: 'none', training }) as const;
    return [
      stage(`${id}-1`, 'b0', prune(Math.round((1 - Math.sqrt(1 - sparsity)) * 1000) / 1000)),
      stage(`${id}-2`, `${id}-1`, prune(sparsity)),
      stage(`${id}-3`, `${id}-2`, { kind: 'tune', training }),
    ];
  }
  return [
    stage(`${id}-1`, 'b0', {
      kind: 'prune',
      method,
      sparsity,
      schedule: withinStage(schedule),
      rewind: 'none',
      training,
    }),
  ];
}

function sampleCandidate(i: number): Candidate {
  const method = METHODS[i % 2] ?? { granularity: 'weight', criterion: 'magnitude', scope: 'global' };
  const schedule = SCHEDULES[Math.floor(i / 2) % 3] ?? 'oneShot';
  const sparsity = SPARSITIES[Math.floor(i / 6)] ?? 0.5;
  const id = `c${String(i + 1).padStart(3, '0')}`;
  const name = describeSchedule(schedule);
  const label = `${method.granularity} ${method.criterion} ${method.scope}, ${Math.round(sparsity * 100)} %, ${name}`;
  return {
    id,
    label,
    method,
    sparsity,
    schedule,
    recovery: RECOVERY,
    stages: sampleStages(method, sparsity, schedule, id),
  };
}

const DIVERGED: ErrorData = {
  code: 'PRUNEFRONT_DIVERGED',
  message: 'the loss became NaN at step 31 <of 220>',
  hint: 'lower the learning rate',
};

/** Accuracy, size and latency: whether `a` beats `b`. */
function beats(a: Observation, b: Observation): boolean {
  const pairs = [
    [-mainScore(a.validation), -mainScore(b.validation)],
    [a.bytesGzip, b.bytesGzip],
    [a.latency.p50, b.latency.p50],
  ] as const;
  return pairs.every(([x, y]) => x <= y) && pairs.some(([x, y]) => x < y);
}

/** A finished sweep of 24 candidates and the dense model; every twelfth candidate failed, and chains have the curves of their stages. */
export function sampleResult(overrides: Partial<SweepResult> = {}): SweepResult {
  const dense = sampleObservation(0, false, 0);
  const measured = Array.from({ length: 24 }, (_, i) => {
    const candidate = sampleCandidate(i);
    const quality = [0.004, 0.0015, 0][Math.floor(i / 2) % 3] ?? 0;
    return {
      candidate,
      observation: sampleObservation(candidate.sparsity, i % 2 === 1, quality),
      failed: i % 12 === 11,
    };
  });
  const alive = measured.filter(({ failed }) => !failed);
  const rows = measured.map(({ candidate, observation, failed }): ResultRow => {
    const { id, label, stages } = candidate;
    const row = { id, label, candidate, stageKey: stages.at(-1)?.key ?? '' };
    if (failed) return { ...row, status: 'failed', cause: DIVERGED };
    const accuracyChange = mainScore(observation.validation) - mainScore(dense.validation);
    return {
      ...row,
      status: 'ok',
      observation,
      onFront: !alive.some((other) => beats(other.observation, observation)),
      selected: id === 'c011',
      violations: accuracyChange < -0.01 ? ['accuracy drop above 1 point'] : [],
      accuracyChange,
      curves: Object.fromEntries(
        stages.map((stage, n) => {
          const { operation } = stage;
          const sparsity = operation.kind === 'prune' ? operation.sparsity : candidate.sparsity;
          return [
            stage.key,
            sampleCurve(
              0.5 / (n + 1),
              0.05,
              2,
              mainScore(observation.validation) - 0.002 * (stages.length - n),
              sparsity,
            ),
          ];
        }),
      ),
    };
  });
  return {
    sweepId: 'mnist-cnn-20261124',
    spec: SPEC,
    source:
      'name: "mnist-cnn <night> & day"\nmodel: { zoo: mnistCnn }\n# </script><script>alert(1)</script>\nsearch: { algorithm: grid, seed: 13 }\n',
    rows: [
      {
        id: 'dense',
        label: 'dense baseline',
        candidate: null,
        stageKey: 'b0',
        status: 'ok',
        observation: dense,
        onFront: false,
        selected: false,
        violations: [],
        accuracyChange: 0,
      },
      ...rows,
    ],
    selection: {
      id: 'c011',
      reason: 'The knee of the front: from here, smaller costs more accuracy than it saves bytes.',
    },
    hypervolume: 0.8123,
    startedAt: '2026-11-24T10:00:00.000Z',
    finishedAt: '2026-11-24T10:03:42.000Z',
    versions: { prunefront: '0.1.0', node: '20.20.2' },
    ...overrides,
  };
}
