import type { ErrorData } from '../errors.js';
import type { CurvePoint, Observation } from './observation.js';
import type { Selection } from './progress.js';
import type { SweepSpec } from './spec.js';
import type { Candidate } from './stage.js';
import { mainScore, type Quality, taskOf } from './task.js';

/** One row of the result: the dense baseline (`id: 'dense'`, `candidate: null`) or a candidate. */
export type ResultRow = {
  readonly id: string;
  readonly label: string;
  readonly candidate: Candidate | null;
  readonly stageKey: string;
} & (
  | {
      readonly status: 'ok';
      readonly observation: Observation;
      readonly onFront: boolean;
      readonly selected: boolean;
      /** Constraints that the row breaks, in words. */
      readonly violations: readonly string[];
      /** Validation accuracy minus that of the dense baseline; absent for a task other than classification. */
      readonly accuracyChange?: number;
      /** R² or PSNR on validation minus that of the dense baseline; absent for classification. */
      readonly scoreChange?: number;
      /** Training curves of the stages of its chain, by stage key; where one is missing the report draws the last stage's alone. */
      readonly curves?: Readonly<Record<string, readonly CurvePoint[]>>;
    }
  | { readonly status: 'failed'; readonly cause: ErrorData }
);

/** How a row's main metric differs from that of the dense model, under the name that it has for its task. */
export function changeFrom(dense: Quality, found: Quality): Pick<OkRow, 'accuracyChange' | 'scoreChange'> {
  const change = mainScore(found) - mainScore(dense);
  return taskOf(found) === 'classification' ? { accuracyChange: change } : { scoreChange: change };
}

type OkRow = Extract<ResultRow, { readonly status: 'ok' }>;

/** Everything of a finished sweep; stored as the document `sweeps/ID/result.json` and rendered by the report and the CLI. */
export interface SweepResult {
  readonly sweepId: string;
  readonly spec: SweepSpec;
  /** The YAML as the user wrote it. */
  readonly source: string;
  /** `dense` first, then candidates in the order of their ids. */
  readonly rows: readonly ResultRow[];
  readonly selection: Selection;
  /** Hypervolume of the front, normalised to the baseline; see core/evaluation. */
  readonly hypervolume: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly versions: Readonly<Record<string, string>>;
}
