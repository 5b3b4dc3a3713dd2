import { observationLines } from '../core/report/observation-lines.js';
import { renderReport } from '../core/report/render-report.js';
import type { ArtifactStore } from '../core/store/artifact-store.js';
import type { OrchestratorActivities } from '../core/sweep/activities.js';
import { gatherResult } from './gather-result.js';
import { typedFailures } from './typed-failures.js';

/** Where the files of a published sweep are: blob keys by file name. */
export interface PublishedFiles {
  readonly files: Readonly<Record<string, string>>;
}

/** Gathers the result from the store and writes it, the report and the observations back. */
export function createPublish({ store }: { readonly store: ArtifactStore }): OrchestratorActivities['publish'] {
  return (input) =>
    typedFailures(async () => {
      const { result, damaged } = await gatherResult(store, input);
      if (result === null) return { damaged };
      const put = (text: string): Promise<string> => store.putBlob(Buffer.from(text));
      const files = {
        'report.html': await put(renderReport(result)),
        'observations.jsonl': await put(observationLines(result)),
      };
      await store.putDocument(`sweeps/${input.sweepId}/published.json`, { files } satisfies PublishedFiles);
      await store.putDocument(`sweeps/${input.sweepId}/result.json`, result);
      return { damaged: [] };
    });
}
