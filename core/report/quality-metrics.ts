import type { OwnMetric } from '../sweep/spec.js';
import type { QualityMetric, TaskName } from '../sweep/task.js';
import type { MetricInfo, ReportMetric } from './metric-info.js';

/** What a metric of a task is, and what its names in a report are. */
interface MainMetric {
  readonly name: QualityMetric;
  readonly label: string;
  readonly kind: MainKinds['value'];
  /** What it is, in a few words. */
  readonly what: string;
  readonly names: { readonly change: ReportMetric; readonly test: ReportMetric; readonly afterPruning: ReportMetric };
}

/** How the main metric of a task, and a change of it, are written. */
interface MainKinds {
  readonly value: 'fraction' | 'decibels';
  readonly change: 'change' | 'decibelChange';
}

const SCORE_NAMES = { change: 'scoreChange', test: 'testScore', afterPruning: 'afterPruningScore' } as const;

const MAIN: Readonly<Record<TaskName, MainMetric>> = {
  classification: {
    name: 'accuracy',
    label: 'Accuracy',
    kind: 'fraction',
    what: 'accuracy',
    names: { change: 'accuracyChange', test: 'testAccuracy', afterPruning: 'afterPruningAccuracy' },
  },
  regression: {
    name: 'r2',
    label: 'R²',
    kind: 'fraction',
    what: 'R², the explained fraction of the variance,',
    names: SCORE_NAMES,
  },
  reconstruction: {
    name: 'psnr',
    label: 'PSNR',
    kind: 'decibels',
    what: 'peak signal-to-noise ratio',
    names: SCORE_NAMES,
  },
};

/** Further metrics of each task. */
const OTHERS: Readonly<Record<TaskName, readonly MetricInfo[]>> = {
  classification: [
    topKInfo('top5', 5),
    {
      name: 'macroF1',
      label: 'Macro F1, validation',
      kind: 'fraction',
      better: 'more',
      meaning: 'Mean over the classes of the harmonic mean of precision and recall, on the validation split.',
    },
  ],
  regression: [
    {
      name: 'mae',
      label: 'Absolute error, validation',
      kind: 'number',
      better: 'less',
      meaning: 'Mean absolute error on the validation split, in units of the targets.',
    },
  ],
  reconstruction: [
    {
      name: 'mse',
      label: 'Squared error, validation',
      kind: 'number',
      better: 'less',
      meaning: 'Mean squared error on the validation split, in squared units of the inputs.',
    },
  ],
};

const ON_VALIDATION: Readonly<Record<TaskName, string>> = {
  classification: 'On the validation split, after recovery. The search saw this one.',
  regression:
    'Explained fraction of the variance of the targets, on the validation split after recovery. The search saw this one.',
  reconstruction:
    'Peak signal-to-noise ratio against the inputs without noise, on the validation split after recovery. The search saw this one.',
};

/** Fraction of the examples whose class is among the k likeliest; `also` ends the sentence on what it means. */
export function topKInfo(name: 'top5' | OwnMetric, k: number, also = ''): MetricInfo {
  const meaning = `Fraction of the validation split whose class is among the ${k} likeliest${also}.`;
  return { name, label: `Top ${k}, validation`, kind: 'fraction', better: 'more', meaning };
}

/** The metrics that only a task has, its main one first. */
export function qualityMetrics(task: TaskName): readonly MetricInfo[] {
  const { name, label, kind, what, names } = MAIN[task];
  const own = { kind, better: 'more' } as const;
  const units = kind === 'fraction' ? 'percentage points' : 'decibels';
  return [
    { ...own, name, label: `${label}, validation`, meaning: ON_VALIDATION[task] },
    {
      ...own,
      name: names.change,
      label: 'Change from dense',
      kind: kind === 'fraction' ? 'change' : 'decibelChange',
      meaning: `Validation ${what} minus that of the dense model, in ${units}.`,
    },
    {
      ...own,
      name: names.test,
      label: `${label}, test`,
      meaning: 'On the test split, which the search never saw. Only finalists are scored on it.',
    },
    {
      ...own,
      name: names.afterPruning,
      label: `${label} before recovery`,
      meaning: 'On the validation split, right after pruning and before recovery.',
    },
    ...OTHERS[task],
  ];
}

/** Names of a task's main metric in a report: on validation, on test, and its change from the dense model. */
export function mainNames(task: TaskName): { readonly validation: ReportMetric } & MainMetric['names'] {
  const { name, names } = MAIN[task];
  return { validation: name, ...names };
}

/** What the main metric of a task is called: `Accuracy`, `R²`, `PSNR`. */
export function mainLabel(task: TaskName): string {
  return MAIN[task].label;
}

/** The same in the middle of a sentence: `accuracy`, `R²`, `PSNR`. */
export function mainWord(task: TaskName): string {
  return task === 'classification' ? 'accuracy' : mainLabel(task);
}

/** How the main metric of a task, and a change of it, are written. */
export function mainKinds(task: TaskName): MainKinds {
  return MAIN[task].kind === 'fraction'
    ? { value: 'fraction', change: 'change' }
    : { value: 'decibels', change: 'decibelChange' };
}
