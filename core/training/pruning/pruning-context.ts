import type { PreparedData } from '../../datasets/prepare.js';
import type { Topology } from '../../models/topology.js';
import { criterionOf } from '../../pruning/method.js';
import type { LayerSensitivity, Observation } from '../../sweep/observation.js';
import type { Method } from '../../sweep/spec.js';
import { measureEvidence } from '../criteria/measured-evidence.js';
import { type OpenEvidence, unmeasuredEvidence } from '../criteria/unmeasured-evidence.js';
import { createObjective } from '../objectives/index.js';
import { movementOf } from '../optimizers/index.js';
import type { TrainingSession } from '../training-session.js';

/** What a stage needs of the sweep's dense model. */
export interface BaselineReference {
  readonly topology: Topology;
  readonly observation: Observation;
  readonly rewindStates: Readonly<Record<string, string>>;
}

/** What pruning looks at beside the model. */
export interface PruningContext {
  readonly method: Method;
  /** Sparsity at the end of the schedule. */
  readonly finalSparsity: number;
  readonly data: PreparedData;
  readonly baseline: BaselineReference;
  /** What a scan has measured, where the scope asks for it. */
  readonly sensitivity: readonly LayerSensitivity[] | null;
  /** Whether other weights take the place of those that are left afterwards. */
  readonly rewinds: boolean;
  /** To be waited for now and then in what takes long: tells that it goes on, and ends it where the stage is taken back. */
  readonly tick: () => Promise<void>;
  /** Of the stage: which examples criteria look at, and what random ones draw from. */
  readonly seed: number;
}

/** Training examples that criteria look at. */
const EVIDENCE_EXAMPLES = 512;

/** Lets an action look at what criteria are measured of: the session's model as it is. */
export async function withEvidence(
  session: TrainingSession,
  context: PruningContext,
  action: (evidence: OpenEvidence) => Promise<void> | void,
): Promise<void> {
  const evidence = await openEvidence(session, context);
  try {
    await action(evidence);
    session.eagerBecause ??= evidence.eagerBecause();
  } finally {
    evidence.dispose();
  }
}

async function openEvidence(session: TrainingSession, { method, data, seed }: PruningContext): Promise<OpenEvidence> {
  if (criterionOf(method).measures !== true) return unmeasuredEvidence(seed);
  const { tf, batchSize, objective } = session.settings;
  const { topology, weights } = session.state();
  const movement = session.settings.tracksMovement === true ? movementOf(session.readSlots()) : undefined;
  return measureEvidence({
    ...{ tf, topology, weights, data, seed, batchSize, examples: EVIDENCE_EXAMPLES },
    objective: createObjective(objective ?? {}, data),
    ...(movement === undefined ? {} : { movement }),
  });
}
