import { joinedCurve, type PageRow, pageRow, stageLabel } from '../../core/report/report-data.js';
import type { LineageStage } from '../../core/sweep/lineage.js';
import type { ResultRow } from '../../core/sweep/result.js';
import { call } from '../api/gateway.js';

/** A candidate in full. */
export interface Candidate {
  readonly row: PageRow;
  /** The stages that made it, the dense model's first. */
  readonly lineage: readonly LineageStage[];
}

/**
 * Asks for a candidate.
 * @param stageKey - of its last stage, or empty
 */
export async function loadCandidate(sweepId: string, candidate: string, stageKey: string): Promise<Candidate> {
  type Answer = { readonly rowJson: string; readonly lineageJson: string };
  const answer = await call<Answer>('SweepService', 'GetCandidate', { sweepId, candidate, stageKey });
  const lineage = JSON.parse(answer.lineageJson) as LineageStage[];
  const row = pageRow(JSON.parse(answer.rowJson) as ResultRow);
  const own = lineage.length > 1 ? lineage.slice(1) : lineage;
  const parts = own.map((stage) => ({ label: stageLabel(stage), curve: stage.curve }));
  return { row: { ...row, ...joinedCurve(parts) }, lineage };
}
