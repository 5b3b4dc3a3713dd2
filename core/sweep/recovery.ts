/** What every schedule of learning rates has. */
interface WarmUp {
  /** Epochs over which the rate grows evenly from nearly nothing to its full height first; 0 leaves them out. */
  readonly warmup: number;
}

/** How a learning rate changes over a training; every factor is of the rate that the optimizer is given. */
export type LearningRateSchedule =
  | { readonly constant: WarmUp }
  | { readonly cosine: WarmUp }
  | { readonly linear: WarmUp }
  /** Times `factor` after every `every` epochs. */
  | { readonly step: WarmUp & { readonly every: number; readonly factor: number } };

/** When a training ends early: it looks at the loss on validation at the end of every epoch, and keeps the weights of the best one. */
export interface EarlyStopRule {
  /** Epochs without a better one after which it ends. */
  readonly patience: number;
  /** How much less a loss has to be to be better. */
  readonly minDelta: number;
}

/** Learning from the dense baseline beside the labels (Hinton et al. 2015). */
export interface DistillSpec {
  /** What the logits of both are divided by before the softmax. */
  readonly temperature: number;
  /** Share of the baseline in the loss, 0 to 1; the labels have the rest. */
  readonly weight: number;
}

/** What a training of a candidate has beside its epochs and its learning rate; what is not asked for is absent. */
export interface RecoveryExtras {
  /** Absent is the same rate throughout. */
  readonly schedule?: LearningRateSchedule;
  readonly earlyStop?: EarlyStopRule;
  readonly distill?: DistillSpec;
  /** Training batches from which the moving statistics of batch norm are estimated anew at the end of the stage. */
  readonly batchNorm?: { readonly batches: number };
}

/** Epochs over which the learning rate of a schedule grows. */
export function warmUpOf(schedule: LearningRateSchedule): number {
  if ('constant' in schedule) return schedule.constant.warmup;
  if ('cosine' in schedule) return schedule.cosine.warmup;
  return 'linear' in schedule ? schedule.linear.warmup : schedule.step.warmup;
}

/**
 * What a training of so many epochs has of what is asked for. Keys of stages without any stay as they were before there was one, and stages
 * without training differ in nothing that only a training shows.
 */
export function recoveryExtrasOf(
  { schedule, earlyStop, distill, batchNorm }: Undefined<RecoveryExtras>,
  epochs: number,
): RecoveryExtras {
  const trains = epochs > 0;
  return {
    ...(!trains || schedule === undefined || isPlain(schedule) ? {} : { schedule }),
    ...(!trains || earlyStop === undefined ? {} : { earlyStop }),
    ...(!trains || distill === undefined ? {} : { distill }),
    ...(batchNorm === undefined ? {} : { batchNorm }),
  };
}

type Undefined<T> = { readonly [Key in keyof T]: T[Key] | undefined };

/** Whether a schedule changes nothing. */
function isPlain(schedule: LearningRateSchedule): boolean {
  return 'constant' in schedule && schedule.constant.warmup === 0;
}

/** What is asked for beside epochs and learning rate, in words: `cosine`, `early stop after 2`. */
export function describeRecoveryExtras({ schedule, earlyStop, distill, batchNorm }: RecoveryExtras): string[] {
  return [
    ...(schedule === undefined ? [] : [describeRates(schedule)]),
    ...(earlyStop === undefined ? [] : [`early stop after ${earlyStop.patience}`]),
    ...(distill === undefined ? [] : [`distilled ${distill.weight} at temperature ${distill.temperature}`]),
    ...(batchNorm === undefined ? [] : [`batch norm of ${batchNorm.batches} batches`]),
  ];
}

/** `cosine`, `linear after 0.5 warm-up`, `times 0.1 every 2`; spans are epochs. */
function describeRates(schedule: LearningRateSchedule): string {
  const [name = ''] = Object.keys(schedule);
  const curve = 'step' in schedule ? `times ${schedule.step.factor} every ${schedule.step.every}` : name;
  const warmup = warmUpOf(schedule);
  return warmup === 0 ? curve : `${curve} after ${warmup} warm-up`;
}
