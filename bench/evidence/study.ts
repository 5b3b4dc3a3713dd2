import { candidateStages, scoreStage } from '../../core/search/stages.js';
import type { Schedule } from '../../core/sweep/schedule.js';
import type { Method, Recovery, SweepSpec } from '../../core/sweep/spec.js';
import type { Stage } from '../../core/sweep/stage.js';

/** Sparsities that every method is run at; the dense model is the one at 0. */
export const SPARSITIES = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99] as const;

/** Each repeats everything with other initial weights and another order of the examples. */
export const SEEDS = [1, 2, 3] as const;

/** A network of the study and how much it trains. */
export interface StudiedModel {
  readonly zoo: string;
  readonly title: string;
  readonly epochs: number;
  /** Of retraining after pruning; what is pruned before it has trained gets as many more epochs as the dense model had. */
  readonly recoveryEpochs: number;
  readonly batchSize: number;
}

/** As many epochs as half an hour on two cores allows. */
export const MODELS: readonly StudiedModel[] = [
  { zoo: 'lenet300100', title: 'LeNet-300-100', epochs: 8, recoveryEpochs: 4, batchSize: 64 },
  { zoo: 'lenet5', title: 'LeNet-5', epochs: 3, recoveryEpochs: 1, batchSize: 64 },
  { zoo: 'residualCnn', title: 'Residual CNN', epochs: 2, recoveryEpochs: 1, batchSize: 128 },
  { zoo: 'lstm64', title: 'LSTM-64', epochs: 4, recoveryEpochs: 2, batchSize: 64 },
];

/** A way to prune that is compared. */
export interface StudiedMethod {
  readonly id: string;
  readonly title: string;
  readonly kind: 'weights' | 'units' | 'control';
  readonly method: Method;
  readonly schedule: (model: StudiedModel) => Schedule;
  /** Whether it trains as long as the dense model and its retraining together. */
  readonly fromStart?: true;
}

const weights = (criterion: Method['criterion'], scope: Method['scope'] = 'global'): Method => ({
  granularity: 'weight',
  criterion,
  scope,
});
const units = (criterion: Method['criterion']): Method => ({ granularity: 'unit', criterion, scope: 'layer' });
const oneShot = (): Schedule => 'oneShot';
const atStart = (): Schedule => ({ from: 'start', schedule: 'oneShot' });
const ROUNDS = 5;

/** Rounds that share the retraining of a one-shot candidate; rewound ones have to train anew each time. */
const rounds =
  (rewind: 'none' | 'start') =>
  ({ epochs, recoveryEpochs }: StudiedModel): Schedule => ({
    iterative: {
      rounds: ROUNDS,
      rewind,
      epochsPerRound: rewind === 'none' ? recoveryEpochs : epochs,
      fineTune: { epochs: 0, learningRate: 0.0001 },
    },
  });

/** The shape that pruning finds, with weights that know nothing of it. */
const drawnAnew = ({ epochs, recoveryEpochs }: StudiedModel): Schedule => ({
  iterative: {
    rounds: 1,
    rewind: 'random',
    epochsPerRound: epochs + recoveryEpochs,
    fineTune: { epochs: 0, learningRate: 0.0001 },
  },
});

export const METHODS: readonly StudiedMethod[] = [
  { id: 'global', title: 'magnitude, global', kind: 'weights', method: weights('magnitude'), schedule: oneShot },
  {
    ...{ id: 'layer', title: 'magnitude, per layer', kind: 'weights', schedule: oneShot },
    method: weights('magnitude', 'layer'),
  },
  { id: 'lamp', title: 'LAMP', kind: 'weights', method: weights('lamp'), schedule: oneShot },
  { id: 'snip', title: 'SNIP', kind: 'weights', method: weights('snip'), schedule: atStart, fromStart: true },
  {
    ...{ id: 'synflow', title: 'SynFlow', kind: 'weights', schedule: atStart, fromStart: true },
    method: weights({ synflow: { iterations: 100 } }),
  },
  {
    ...{ id: 'iterative', title: `iterative, ${ROUNDS} rounds`, kind: 'weights' },
    ...{ method: weights('magnitude'), schedule: rounds('none') },
  },
  {
    ...{ id: 'rewound', title: `iterative, ${ROUNDS} rounds, rewound to the start`, kind: 'weights' },
    ...{ method: weights('magnitude'), schedule: rounds('start') },
  },
  { id: 'l1', title: 'filter L1', kind: 'units', method: units('l1'), schedule: oneShot },
  { id: 'fpgm', title: 'FPGM', kind: 'units', method: units('fpgm'), schedule: oneShot },
  { id: 'taylor', title: 'Taylor', kind: 'units', method: units('taylor'), schedule: oneShot },
  { id: 'lsh', title: 'LSH', kind: 'units', method: units('lsh'), schedule: oneShot },
  { id: 'random', title: 'random weights', kind: 'control', method: weights('random'), schedule: oneShot },
  { id: 'randomUnits', title: 'random units', kind: 'control', method: units('random'), schedule: oneShot },
  {
    ...{ id: 'scratch', title: 'same small shape from scratch', kind: 'control', fromStart: true },
    ...{ method: units('l1'), schedule: drawnAnew },
  },
];

/** A candidate of the study: the chain that makes it, from the dense model to its score on the test split. */
export interface StudiedRun {
  readonly model: StudiedModel;
  /** Null is the dense model. */
  readonly method: StudiedMethod | null;
  readonly sparsity: number;
  readonly seed: number;
  readonly stages: readonly Stage[];
}

/**
 * Every run of the study, so ordered that the first ones are a whole study with one seed.
 * @param baselineOf - the stage that makes the dense model, and the spec that it is of
 */
export function runsOf(
  models: readonly StudiedModel[],
  specOf: (model: StudiedModel, seed: number) => { readonly spec: SweepSpec; readonly baseline: Stage },
): StudiedRun[] {
  return SEEDS.flatMap((seed) =>
    models.flatMap((model): StudiedRun[] => {
      const { spec, baseline } = specOf(model, seed);
      const dense = { model, method: null, sparsity: 0, seed, stages: [baseline, scoreStage(baseline)] };
      const pruned = METHODS.flatMap((method) =>
        SPARSITIES.map((sparsity) => {
          const recovery = recoveryOf(model, method);
          const point = { method: method.method, sparsity, schedule: method.schedule(model), recovery };
          const chain = candidateStages(spec, baseline, point);
          return { model, method, sparsity, seed, stages: [baseline, ...chain, scoreStage(chain.at(-1) ?? baseline)] };
        }),
      );
      return [dense, ...pruned];
    }),
  );
}

function recoveryOf({ epochs, recoveryEpochs }: StudiedModel, { fromStart }: StudiedMethod): Recovery {
  return { epochs: fromStart === true ? epochs + recoveryEpochs : recoveryEpochs, learningRate: 0.001 };
}
