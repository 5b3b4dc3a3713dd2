import { PrunefrontError } from '../../errors.js';
import type { ArtifactStore } from '../../store/artifact-store.js';
import {
  type BestEpoch,
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  type TrainingLog,
} from '../stage-state.js';
import type { TrainingSession } from '../training-session.js';

/** Writes a checkpoint as the newest of the stage; returns its blob key. */
export async function storeCheckpoint(
  store: ArtifactStore,
  key: string,
  session: TrainingSession,
  log: TrainingLog,
  best: BestEpoch | null,
): Promise<string> {
  const { step } = session;
  const bytes = encodeCheckpoint({ state: session.state(), slots: session.readSlots(), step, log, best });
  const checkpoint = await store.putBlob(bytes);
  await store.putCheckpoint(key, checkpoint);
  return checkpoint;
}

/** The checkpoint where it is whole; a damaged or missing one costs the work it stood for and nothing else. */
export async function readCheckpoint(store: ArtifactStore, key: string | null): Promise<Checkpoint | null> {
  if (key === null) return null;
  try {
    return decodeCheckpoint(await store.getBlob(key));
  } catch (error) {
    if (error instanceof PrunefrontError && error.code.startsWith('PRUNEFRONT_ARTIFACT_')) return null;
    throw error;
  }
}
