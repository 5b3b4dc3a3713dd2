import type { FrontMember } from '../../core/nightly/compare-fronts.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { summarize } from '../../core/sweep/observation.js';
import type { SweepResult } from '../../core/sweep/result.js';
import type { Candidate, SearchPoint } from '../../core/sweep/stage.js';

/** The front of a finished sweep with the points of its members; null where the store no longer has its result. */
export async function sweepFront(store: ArtifactStore, sweepId: string): Promise<FrontMember[] | null> {
  const result = (await store.getDocument(`sweeps/${sweepId}/result.json`)) as SweepResult | null;
  if (result === null) return null;
  return result.rows.flatMap((row) =>
    row.status === 'ok' && row.onFront
      ? [
          {
            ...{ id: row.id, label: row.label, stageKey: row.stageKey },
            summary: summarize(row.observation),
            point: row.candidate === null ? null : pointOf(row.candidate),
          },
        ]
      : [],
  );
}

function pointOf({ method, sparsity, schedule, recovery, compression }: Candidate): SearchPoint {
  return { method, sparsity, schedule, recovery, ...(compression === undefined ? {} : { compression }) };
}
