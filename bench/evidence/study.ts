import { keyedStage } from '../../core/search/stage-key.js';
import { baselineStage, candidateStages, scoreStage } from '../../core/search/stages.js';
import type { DatasetSource, HeldOutSplit, SweepSpec } from '../../core/sweep/spec.js';
import type { Stage } from '../../core/sweep/stage.js';
import { GUIDE_METHODS, METHODS, recoveryEpochsOf, SNIP, type StudiedMethod, scheduleOf } from './methods.js';

/** Each repeats everything with another split, other initial weights and another order of the examples. */
export const SEEDS = [1, 2, 3] as const;

/** Parts of the 10,000 images. No run chooses anything by it: validation only serves to see how a training goes. */
const SPLIT = { validation: 0.1, test: 0.2 } as const;

/** The rate of every training falls to nothing at its end, so that a short one ends well and the last steps decide little. */
const RATES = { cosine: { warmup: 0 } } as const;

/** A network of the study, how much it trains and what is done to it. */
export interface StudiedModel {
  /** Of this way to train it; a network may have several. */
  readonly id: string;
  readonly zoo: string;
  readonly title: string;
  readonly epochs: number;
  readonly recoveryEpochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Ascending. */
  readonly sparsities: readonly number[];
  readonly methods: readonly StudiedMethod[];
}

/** 12.3 times fewer parameters of both LeNets are 92 %, where Han et al. are compared. */
const LENET_SPARSITIES = [0.5, 0.8, 0.92, 0.95, 0.98, 0.99];

/** The networks of the orderings: as many epochs and sparsities as half an hour on two cores allows; the residual one takes most of it. */
export const MODELS: readonly StudiedModel[] = [
  {
    ...{ id: 'lenet300100', zoo: 'lenet300100', title: 'LeNet-300-100', epochs: 10, recoveryEpochs: 4, batchSize: 32 },
    ...{ learningRate: 0.001, sparsities: LENET_SPARSITIES, methods: METHODS },
  },
  {
    ...{ id: 'lenet5', zoo: 'lenet5', title: 'LeNet-5', epochs: 3, recoveryEpochs: 1, batchSize: 32 },
    ...{ learningRate: 0.001, sparsities: LENET_SPARSITIES, methods: METHODS },
  },
  {
    ...{ id: 'lstm64', zoo: 'lstm64', title: 'LSTM-64', epochs: 6, recoveryEpochs: 2, batchSize: 32 },
    ...{ learningRate: 0.003, sparsities: [0.5, 0.8, 0.9, 0.95, 0.98, 0.99], methods: METHODS },
  },
  {
    ...{ id: 'residualCnn', zoo: 'residualCnn', title: 'Residual CNN', epochs: 2, recoveryEpochs: 1, batchSize: 32 },
    ...{ learningRate: 0.002, sparsities: [0.5, 0.9, 0.99], methods: METHODS },
  },
];

/** The network and the course of the guide to pruning of TensorFlow Model Optimization: as many images in all as its 4 and 2 epochs of 54,000. */
export const GUIDE: StudiedModel = {
  ...{ id: 'guide', zoo: 'guideCnn', title: 'CNN of the tfmot guide', epochs: 31, recoveryEpochs: 15, batchSize: 32 },
  ...{ learningRate: 0.001, sparsities: [0.8], methods: GUIDE_METHODS },
};

/** SNIP with seven times the training of the study, which tells whether that is what it lacks beside its paper. */
export const LONGER: StudiedModel = {
  ...{ id: 'longer', zoo: 'lenet300100', title: 'LeNet-300-100, trained longer', epochs: 100, recoveryEpochs: 0 },
  ...{ batchSize: 32, learningRate: 0.001, sparsities: [0.95, 0.98], methods: [SNIP] },
};

/** All that the study runs. */
export const STUDIED: readonly StudiedModel[] = [...MODELS, GUIDE, LONGER];

/** The stage that makes a dense model, and the spec that it is of. */
export interface Beginning {
  readonly spec: SweepSpec;
  readonly baseline: Stage;
}

/** A candidate of the study: the chain that makes it, from the dense model to its score on the test split. */
export interface StudiedRun {
  readonly model: StudiedModel;
  /** Null is the dense model. */
  readonly method: StudiedMethod | null;
  /** 0 of the dense model. */
  readonly sparsity: number;
  readonly seed: number;
  readonly stages: readonly Stage[];
}

/** The source and the split of the images that a seed sees. */
export function dataOf(seed: number): { readonly dataset: DatasetSource; readonly split: HeldOutSplit } {
  return { dataset: { builtin: 'mnist' }, split: { ...SPLIT, seed } };
}

/** @param dataset - blob key of the prepared data of the seed */
export function beginningOf(model: StudiedModel, seed: number, dataset: string): Beginning {
  const { zoo, epochs, batchSize, learningRate } = model;
  const optimizer = { adam: { learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } };
  const schedule = [{ from: 'start', schedule: 'oneShot' }] as const;
  const spec: SweepSpec = {
    ...{ name: `evidence-${zoo}`, model: { zoo }, ...dataOf(seed) },
    baseline: { epochs, batchSize, optimizer, schedule: RATES, seed },
    // The methods of the study differ in more than a product of lists can; the schedule has the initial weights kept.
    space: { method: [], sparsity: [], schedule, recovery: [] },
    search: { algorithm: 'grid', seed },
    ...{ objectives: [], constraints: [], select: 'knee', budget: { candidates: 1, wallClockMs: null } },
  };
  return { spec, baseline: baselineStage(spec, dataset, { zoo }) };
}

/** What is done to one dense model, the dense model first, so ordered that what a run builds on comes before it. */
export function runsOf(model: StudiedModel, seed: number, { spec, baseline }: Beginning): StudiedRun[] {
  const dense: StudiedRun = {
    ...{ model, method: null, sparsity: 0, seed },
    stages: [baseline, scoreStage(baseline)],
  };
  const pruned = model.methods.flatMap((method) => {
    let rounds: readonly Stage[] = [];
    return model.sparsities.map((sparsity): StudiedRun => {
      const { learningRate } = model;
      const recovery = { epochs: recoveryEpochsOf(method, model), learningRate, schedule: RATES };
      const { compression } = method;
      const what = { method: method.method, sparsity, schedule: scheduleOf(method, model), recovery };
      const point = compression === undefined ? what : { ...what, compression };
      const isRound = method.course === 'rounds' || method.course === 'rewound';
      const chain = [...rounds];
      for (const stage of candidateStages(spec, baseline, point)) chain.push(after(chain.at(-1) ?? baseline, stage));
      if (isRound) rounds = chain;
      return { model, method, sparsity, seed, stages: [baseline, ...chain, scoreStage(chain.at(-1) ?? baseline)] };
    });
  });
  return [dense, ...pruned];
}

/** The same stage as a child of another one. */
function after(parent: Stage, stage: Stage): Stage {
  return keyedStage({ ...stage, parent: parent.key });
}
