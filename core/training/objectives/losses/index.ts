import { type Choice, nameOf, numberOf, Registry, settingsOf } from '../../../registry/index.js';
import type { Task, TaskName } from '../../../sweep/task.js';
import { binaryCrossEntropyOfProbabilities } from './binary-cross-entropy-of-probabilities.js';
import { huber } from './huber.js';
import type { Loss, LossPiece } from './loss.js';
import { meanAbsoluteError } from './mean-absolute-error.js';
import { meanSquaredError } from './mean-squared-error.js';
import { softmaxCrossEntropy } from './softmax-cross-entropy.js';

const VALUES: readonly TaskName[] = ['regression', 'reconstruction'];

/** Every loss. */
export const LOSSES = new Registry<LossPiece>('loss', [
  {
    name: 'softmaxCrossEntropy',
    summary: 'Cross-entropy of the softmax.',
    source: 'the usual one',
    settings: {},
    tasks: ['classification'],
    create: () => softmaxCrossEntropy,
  },
  {
    name: 'meanSquaredError',
    summary: 'The squared error.',
    source: 'the usual one',
    settings: {},
    tasks: VALUES,
    create: () => meanSquaredError,
  },
  {
    name: 'meanAbsoluteError',
    summary: 'The absolute error.',
    source: 'the usual one',
    settings: {},
    tasks: VALUES,
    create: () => meanAbsoluteError,
  },
  {
    name: 'huber',
    summary: 'Squared for small errors, absolute for large ones.',
    source: 'Huber 1964',
    settings: {
      delta: {
        kind: 'number',
        description: 'Error from which on it grows as the absolute one.',
        default: 1,
        minimum: 0,
        exclusive: 'minimum',
      },
    },
    tasks: VALUES,
    create: (settings) => huber(numberOf(settings, 'delta')),
  },
  {
    name: 'binaryCrossEntropy',
    summary: 'Cross-entropy of probabilities: for a model that ends in a sigmoid.',
    source: 'the usual one',
    settings: {},
    tasks: ['reconstruction'],
    // The model's sigmoid stays where it is: its outputs are probabilities already.
    create: () => binaryCrossEntropyOfProbabilities,
  },
]);

/** The losses that a task can have, as far as a choice needs them. */
export function lossesOf(task: TaskName): Pick<typeof LOSSES, 'all' | 'get'> {
  return {
    all: () => LOSSES.all().filter(({ tasks }) => tasks.includes(task)),
    get: (name) => LOSSES.get(name),
  };
}

/** The loss of a choice. */
export function createLoss(choice: Choice): Loss {
  return LOSSES.get(nameOf(choice)).create(settingsOf(choice));
}

/** The loss of a task other than classification. */
export function createTaskLoss(task: Task): Loss {
  return createLoss('regression' in task ? task.regression.loss : task.reconstruction.loss);
}

export type { Loss, LossPiece } from './loss.js';
