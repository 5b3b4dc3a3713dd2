import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { percent } from './describe.js';
import { describeRun, isImpossible, noteImpossible, outcomeOf } from './outcomes.js';
import type { StudiedRun } from './study.js';
import type { Stops, Trainers } from './trainers.js';

/** Runs in flight for each trainer: some wait for a stage that they share with another one. */
const RUNS_EACH = 4;

/**
 * Runs what has no outcome yet, first to last as far as there are trainers, and tells of each that ends.
 * @returns how many have none in the end
 */
export async function runStudy(
  runs: readonly StudiedRun[],
  store: ArtifactStore,
  trainers: Trainers,
  { interrupted, late }: Stops,
  tell: (line: string) => void,
): Promise<number> {
  let [next, settled] = [0, 0];
  const settle = (line: string): void => tell(`${String(++settled).padStart(4)}/${runs.length} ${line}`);
  const isStopped = (): boolean => interrupted.aborted || late.aborted;
  const work = async (): Promise<void> => {
    for (let run = runs[next++]; run !== undefined && !isStopped(); run = runs[next++]) {
      try {
        await trainers.chain(run.stages);
        const outcome = await outcomeOf(store, run);
        const accuracy = outcome?.kind === 'measured' ? (outcome.observation.test?.accuracy ?? Number.NaN) : Number.NaN;
        settle(`${describeRun(run)}: ${percent(accuracy)} %`);
      } catch (error) {
        if (isImpossible(error)) {
          await noteImpossible(store, run, error);
          settle(`${describeRun(run)}: impossible (${error.code})`);
        } else if (!isStopped()) {
          tell(`${describeRun(run)} failed: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: trainers.size * RUNS_EACH }, work));
  return runs.length - settled;
}
