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

/** All that is asked for; keys of stages without any stay as they were before there was one. */
export function recoveryExtrasOf({ schedule, earlyStop, distill, batchNorm }: RecoveryExtras): RecoveryExtras {
  return {
    ...(schedule === undefined || isPlain(schedule) ? {} : { schedule }),
    ...(earlyStop === undefined ? {} : { earlyStop }),
    ...(distill === undefined ? {} : { distill }),
    ...(batchNorm === undefined ? {} : { batchNorm }),
  };
}

/** Whether a schedule changes nothing. */
function isPlain(schedule: LearningRateSchedule): boolean {
  return 'constant' in schedule && schedule.constant.warmup === 0;
}
