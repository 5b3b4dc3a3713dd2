import { PrunefrontError } from '../../core/errors.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import type { Observation } from '../../core/sweep/observation.js';
import { describeSparsity } from './describe.js';
import type { StudiedRun } from './study.js';

/** How a run of the study ended: what was measured, or why it cannot be. */
export type Outcome =
  | { readonly kind: 'measured'; readonly observation: Observation }
  | { readonly kind: 'impossible'; readonly why: Impossibility };

/** The network cannot have the sparsity, or its training came to a loss that is no number. */
export type Impossibility = 'unreachable' | 'diverged';

/** Errors that say why there is no model; each other one is a fault of ours or of the machine. */
const IMPOSSIBLE = new Map<string, Impossibility>([
  ['PRUNEFRONT_SPARSITY_UNREACHABLE', 'unreachable'],
  ['PRUNEFRONT_DIVERGED', 'diverged'],
]);

/** Whether a run is impossible because of what was thrown. */
export function isImpossible(error: unknown): error is PrunefrontError {
  return error instanceof PrunefrontError && IMPOSSIBLE.has(error.code);
}

/** How a run ended; null where it has not. */
export async function outcomeOf(store: ArtifactStore, run: StudiedRun): Promise<Outcome | null> {
  const key = resultKey(run);
  const record = await store.getRecord(key);
  if (record !== null) return { kind: 'measured', observation: record.observation };
  const why = IMPOSSIBLE.get(String(await store.getDocument(documentOf(key))));
  return why === undefined ? null : { kind: 'impossible', why };
}

/** Notes that a run is impossible, so that it is not tried again. */
export async function noteImpossible(store: ArtifactStore, run: StudiedRun, error: PrunefrontError): Promise<void> {
  await store.putDocument(documentOf(resultKey(run)), error.code);
}

/** `LeNet-5, SNIP, 95 %, seed 1`. */
export function describeRun({ model, method, sparsity, seed }: StudiedRun): string {
  const what = method === null ? 'dense' : `${method.title}, ${describeSparsity(sparsity)}`;
  return `${model.title}, ${what}, seed ${seed}`;
}

/** Key of the stage that scores the run's model on the test split. */
function resultKey({ stages }: StudiedRun): string {
  return stages.at(-1)?.key ?? '';
}

function documentOf(key: string): string {
  return `evidence/impossible/${key}`;
}
