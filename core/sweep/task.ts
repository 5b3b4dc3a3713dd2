import type { Choice } from '../registry/index.js';

/** What a model is asked for; the default is classification, which no spec, stage or record names. */
export type TaskName = 'classification' | 'regression' | 'reconstruction';

/**
 * A task other than classification, with its settings; losses are registered pieces.
 * - `regression`: the outputs are the targets of an example, one or several numbers.
 * - `reconstruction`: the output is the input itself, without the noise that is added to it before the model sees it.
 */
export type Task =
  | { readonly regression: { readonly loss: Choice } }
  | {
      readonly reconstruction: {
        /** Standard deviation of the noise in units of the model's input; 0 is none. */
        readonly noise: number;
        readonly loss: Choice;
      };
    };

/** The metrics of a task, higher is better but of errors; those that a task doesn't have are absent. */
export interface Quality {
  /** Fraction of the examples that are classified rightly, 0 to 1. */
  readonly accuracy?: number;
  /** Fraction of the examples whose class is among the five likeliest, 0 to 1. */
  readonly top5?: number;
  /** Mean over the classes of the harmonic mean of precision and recall, 0 to 1. */
  readonly macroF1?: number;
  /** Explained fraction of the variance, at most 1 and below 0 where the mean would do better; of several outputs the mean. */
  readonly r2?: number;
  /** Mean absolute error. */
  readonly mae?: number;
  /** Peak signal-to-noise ratio in decibels, 10 · log10(range² / mean squared error), at most 120. */
  readonly psnr?: number;
  /** Mean squared error. */
  readonly mse?: number;
}

/** Name of a metric of some task. */
export type QualityMetric = keyof Quality;

/** The metrics of each task, its main one first; more of that is better. */
export const TASK_METRICS: Readonly<Record<TaskName, readonly [QualityMetric, ...QualityMetric[]]>> = {
  classification: ['accuracy', 'top5', 'macroF1'],
  regression: ['r2', 'mae'],
  reconstruction: ['psnr', 'mse'],
};

/** Name of a task; absent is classification. */
export function taskName(task: Task | undefined): TaskName {
  if (task === undefined) return 'classification';
  return 'regression' in task ? 'regression' : 'reconstruction';
}

/** A task's main metric. */
export function mainMetric(task: TaskName): QualityMetric {
  return TASK_METRICS[task][0];
}

/** The task whose metrics these are. */
export function taskOf(quality: Quality): TaskName {
  if (quality.r2 !== undefined) return 'regression';
  return quality.psnr === undefined ? 'classification' : 'reconstruction';
}

/** The value of the main metric; NaN where nothing was measured. */
export function mainScore(quality: Quality): number {
  return quality[mainMetric(taskOf(quality))] ?? Number.NaN;
}

/** Standard deviation of the main metric over the folds of a cross-validation, as that of a sample: divided by one less than its size. */
export function foldSpread(folds: readonly Quality[]): number {
  const scores = folds.map(mainScore);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (scores.length - 1));
}

const QUALITY_METRICS: readonly QualityMetric[] = Object.values(TASK_METRICS).flat();

/** Whether a name is that of a metric that only some tasks have. */
export function isQualityMetric(name: string): name is QualityMetric {
  return QUALITY_METRICS.some((metric) => metric === name);
}

/** Whether less of a metric is better. */
export function isErrorMetric(name: QualityMetric): boolean {
  return name === 'mae' || name === 'mse';
}

/** The metrics among other numbers. */
export function qualityOf(given: Quality): Quality {
  return Object.fromEntries(
    QUALITY_METRICS.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
  );
}
