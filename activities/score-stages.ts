import { scoreStage } from '../core/search/stages.js';
import type { ArtifactStore } from '../core/store/artifact-store.js';
import type { OrchestratorActivities } from '../core/sweep/activities.js';
import { candidateChain } from './candidate-chain.js';
import { typedFailures } from './typed-failures.js';

/** The stages that score finalists on the test split, each after the chain that makes the finalist. */
export function createScoreStages({ store }: { readonly store: ArtifactStore }): OrchestratorActivities['scoreStages'] {
  return ({ sweepId, baselineStage, points }) =>
    typedFailures(() =>
      Promise.all(
        points.map(async ({ id, label }) => {
          const chain = await candidateChain(store, sweepId, baselineStage, id);
          return { id, label, stages: [...chain, scoreStage(chain.at(-1) ?? baselineStage)] };
        }),
      ),
    );
}
