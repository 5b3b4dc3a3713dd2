import type { SlotLease, SlotPool, TrainerOutcome } from '../../activities/index.js';
import { modelFiles } from '../../core/models/model-file.js';
import { zooModel } from '../../core/models/zoo/index.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import type { Stage } from '../../core/sweep/stage.js';
import { joinFolds } from '../../core/training/stages/join-folds.js';
import { paperObservation } from './paper-observations.js';

const DONE: TrainerOutcome = { kind: 'finished' };

/** What a stage does on paper; null ends it well. */
export type Behaviour = (stage: Stage, signal: AbortSignal) => Promise<TrainerOutcome | null>;

/** Slots whose trainers only write records: what workflows and activities make of stages, without the time that training takes. */
export class PaperSlots implements SlotPool {
  /** Every stage that was run, in the order of their starts. */
  readonly ran: Stage[] = [];
  behave: Behaviour = async () => null;

  constructor(private readonly store: ArtifactStore) {}

  async lease(): Promise<SlotLease> {
    return {
      slot: 0,
      ready: async () => undefined,
      run: (stage, _checkpoint, _onProgress, signal) => this.run(stage, signal),
      release: () => undefined,
    };
  }

  /** Forgets what it ran and how it behaved. */
  reset(): void {
    this.behave = async () => null;
    this.ran.length = 0;
  }

  /** Holds stages at a gate: those of candidates, or others. */
  hold(only: (stage: Stage) => boolean = ({ operation }) => operation.kind === 'prune'): Gate {
    const gate = new Gate();
    this.behave = (stage, signal) => (only(stage) ? gate.pass(signal) : Promise.resolve(null));
    return gate;
  }

  /** How often the stages of a kind were run, by key. */
  runsByKey(): Map<string, number> {
    const runs = new Map<string, number>();
    for (const { key } of this.ran) runs.set(key, (runs.get(key) ?? 0) + 1);
    return runs;
  }

  private async run(stage: Stage, signal: AbortSignal): Promise<TrainerOutcome> {
    this.ran.push(stage);
    const outcome = (await this.behave(stage, signal)) ?? (await this.missingParent(stage));
    if (outcome !== null) return outcome;
    await this.write(stage);
    return DONE;
  }

  /** What a real trainer says where the record that it starts from is not whole. */
  private async missingParent({ parent, operation }: Stage): Promise<TrainerOutcome | null> {
    const needed = operation.kind === 'folds' ? operation.of.map(({ key }) => key) : parent === null ? [] : [parent];
    const found = await Promise.all(needed.map((key) => this.store.getRecord(key)));
    if (!found.includes(null)) return null;
    const error = { code: 'PRUNEFRONT_ARTIFACT_MISSING', message: 'The parent has no whole record' } as const;
    return { kind: 'failed', error };
  }

  private async write(stage: Stage): Promise<void> {
    const parent = stage.parent === null ? null : await this.store.getRecord(stage.parent);
    const folds = stage.operation.kind === 'folds' ? await joinFolds(stage.operation.of, this.store) : null;
    const topology = await this.store.putBlob(Buffer.from(modelFiles(zooModel('mnistMlp'), []).modelJson));
    const blob = await this.store.putBlob(Buffer.from(`weights of ${stage.key}`));
    await this.store.putRecord({
      stage,
      observation: folds?.observation ?? paperObservation(stage, parent?.observation ?? null),
      state: blob,
      model: { topology, weights: blob },
      rewindStates: {},
      resumedAt: [],
      startedAt: '2026-01-01T00:00:00.000Z',
      finishedAt: '2026-01-01T00:01:00.000Z',
      ranOn: 'paper/0',
    });
  }
}

/** A door that those who come wait at until it is opened. */
export class Gate {
  private readonly opened: Promise<void>;
  private readonly doOpen: () => void;
  /** How many have come. */
  waiting = 0;

  constructor() {
    let open = (): void => undefined;
    this.opened = new Promise((resolve) => {
      open = resolve;
    });
    this.doOpen = open;
  }

  open(): void {
    this.doOpen();
  }

  /** Waits until it is opened, or the stage is taken back. */
  async pass(signal: AbortSignal): Promise<TrainerOutcome | null> {
    this.waiting += 1;
    const takenBack = new Promise<TrainerOutcome>((resolve) => {
      signal.addEventListener('abort', () => resolve({ kind: 'lost', reason: 'taken back' }), { once: true });
    });
    return Promise.race([this.opened.then(() => null), takenBack]);
  }
}
