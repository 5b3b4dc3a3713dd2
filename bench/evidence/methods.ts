import { COMPRESSIONS } from '../../core/compression/index.js';
import { method as writtenMethod } from '../../core/spec/method.js';
import { pieceChoice } from '../../core/spec/pieces.js';
import { filledSchedule, schedule } from '../../core/spec/schedule.js';
import type { CompressionPipeline } from '../../core/sweep/compression.js';
import type { Schedule } from '../../core/sweep/schedule.js';
import type { Method } from '../../core/sweep/spec.js';

/** What a method is compared with: methods that zero weights, or methods that remove units. */
export type MethodKind = 'weights' | 'units';

/** A way to prune that is compared. */
export interface StudiedMethod {
  readonly id: MethodId;
  readonly title: string;
  readonly kind: MethodKind;
  readonly method: Method;
  /**
   * - `trained`: prunes the dense model in one shot, then retrains.
   * - `start`: prunes its initial weights, then trains as long as a dense model and its retraining together.
   * - `rounds`: prunes and retrains from one sparsity of the study to the next.
   * - `rewound`: the same, with the initial weights put back after each pruning, so that every round trains from the start.
   * - `drawn`: draws new weights for the shape that is left, then trains as long as one that starts.
   * - `gradual`: prunes along tfmot's polynomial while it retrains.
   */
  readonly course: 'trained' | 'start' | 'rounds' | 'rewound' | 'drawn' | 'gradual';
  /** What follows the pruning. */
  readonly compression?: CompressionPipeline;
}

/** Names of the methods, for orderings and plots. */
export type MethodId =
  | ('global' | 'layer' | 'lamp' | 'snip' | 'synflow' | 'iterative' | 'rewound' | 'random')
  | ('l1' | 'fpgm' | 'taylor' | 'lsh' | 'randomUnits' | 'scratch')
  | ('guide' | 'guideInt8');

/** What a spec would write, with all that it need not. */
const weights = (criterion: unknown, scope = 'global'): Method =>
  writtenMethod.parse({ granularity: 'weight', criterion, scope });
const units = (criterion: unknown): Method => writtenMethod.parse({ granularity: 'unit', criterion, scope: 'layer' });

const method = (
  kind: MethodKind,
  id: MethodId,
  title: string,
  course: StudiedMethod['course'],
  what: Method,
): StudiedMethod => ({ id, title, kind, course, method: what });

/** SynFlow's authors take 100; half as many fit into the half hour. */
const SYNFLOW_ITERATIONS = 50;

/** Prunes before it trains. */
export const SNIP = method('weights', 'snip', 'SNIP', 'start', weights('snip'));

/** All methods, those that zero weights first, the controls last of each kind. */
export const METHODS: readonly StudiedMethod[] = [
  method('weights', 'global', 'magnitude, global', 'trained', weights('magnitude')),
  method('weights', 'layer', 'magnitude, per layer', 'trained', weights('magnitude', 'layer')),
  method('weights', 'lamp', 'LAMP', 'trained', weights('lamp')),
  SNIP,
  method('weights', 'synflow', 'SynFlow', 'start', weights({ synflow: { iterations: SYNFLOW_ITERATIONS } })),
  method('weights', 'iterative', 'iterative', 'rounds', weights('magnitude')),
  method('weights', 'rewound', 'iterative, rewound', 'rewound', weights('magnitude')),
  method('weights', 'random', 'random weights', 'trained', weights('random')),
  method('units', 'l1', 'filter L1', 'trained', units('l1')),
  method('units', 'fpgm', 'FPGM', 'trained', units('fpgm')),
  method('units', 'taylor', 'Taylor', 'trained', units('taylor')),
  method('units', 'lsh', 'LSH', 'trained', units('lsh')),
  method('units', 'scratch', 'same shape from scratch', 'drawn', units('l1')),
  method('units', 'randomUnits', 'random units', 'trained', units('random')),
];

/** What tfmot's guide does: half of each layer at first, 80 % at the end; then 8 bits a weight. */
const GUIDE_METHOD = method('weights', 'guide', 'tfmot guide', 'gradual', weights('magnitude', 'layer'));
/** As the guide's, it reaches its end with the training. */
const GUIDE_SCHEDULE = filledSchedule(
  schedule.parse({ polynomialDecay: { initialSparsity: 0.5, endStep: Number.MAX_SAFE_INTEGER } }),
  [],
);
const quantize = pieceChoice(COMPRESSIONS).parse('quantize');
export const GUIDE_METHODS: readonly StudiedMethod[] = [
  GUIDE_METHOD,
  { ...GUIDE_METHOD, id: 'guideInt8', title: 'tfmot guide, int8', compression: { steps: ['prune', quantize] } },
];

/** How a model trains, in epochs. */
export interface Epochs {
  /** Of the dense model. */
  readonly epochs: number;
  /** After pruning. */
  readonly recoveryEpochs: number;
}

/** The schedule of a single stage of a course; rounds are stages of their own, one after another. */
export function scheduleOf({ course }: StudiedMethod, { epochs, recoveryEpochs }: Epochs): Schedule {
  const round = (rewind: 'none' | 'start' | 'random', epochsPerRound: number): Schedule => ({
    iterative: { rounds: 1, rewind, epochsPerRound, fineTune: { epochs: 0, learningRate: 0.0001 } },
  });
  switch (course) {
    case 'trained':
      return 'oneShot';
    case 'start':
      return { from: 'start', schedule: 'oneShot' };
    case 'rounds':
      return round('none', recoveryEpochs);
    case 'rewound':
      return round('start', epochs);
    case 'drawn':
      return round('random', epochs + recoveryEpochs);
    case 'gradual':
      return GUIDE_SCHEDULE;
  }
}

/** Epochs of training after the pruning of a course that is not of rounds. */
export function recoveryEpochsOf({ course }: StudiedMethod, { epochs, recoveryEpochs }: Epochs): number {
  return course === 'start' ? epochs + recoveryEpochs : recoveryEpochs;
}
