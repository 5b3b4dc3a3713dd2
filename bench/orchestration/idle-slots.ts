import type { SlotLease, SlotPool } from '../../activities/index.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import type { Observation, StageRecord } from '../../core/sweep/observation.js';
import type { Stage } from '../../core/sweep/stage.js';

/** Observation of a stage that did nothing. The sparser the worse in every way, so that the front stays one point. */
function idleObservation({ operation }: Stage): Observation {
  const sparsity = operation.kind === 'prune' ? operation.sparsity : 0;
  const score = { accuracy: 1 - sparsity, loss: sparsity, examples: 1 };
  const size = 1000 + Math.round(sparsity * 1000);
  const latency = { batchSize: 1, p50: 1 + sparsity, p95: 1 + sparsity, runs: 1 };
  return {
    validation: score,
    afterPruning: null,
    test: operation.kind === 'score' ? score : null,
    requestedSparsity: sparsity,
    reachedSparsity: sparsity,
    parameters: size,
    nonzeroParameters: size,
    macs: size,
    nonzeroMacs: size,
    bytesDense: size,
    bytesGzip: size,
    bytesSparse: size,
    latency,
    batchLatency: latency,
    surgeryDifference: null,
    layers: [],
    curve: [],
    deviceSeconds: 0,
    device: 'none',
    versions: {},
  };
}

/** Slots that train nothing: each stage ends at once, with a real record in the store. */
export class IdleSlots implements SlotPool {
  private next = 0;

  constructor(
    private readonly store: ArtifactStore,
    private readonly count: number,
  ) {}

  /** The worker admits no more activities than there are slots, so that one is always free. */
  async lease(): Promise<SlotLease> {
    const slot = this.next;
    this.next = (slot + 1) % this.count;
    return {
      slot,
      ready: async () => undefined,
      run: async (stage) => {
        const startedAt = new Date().toISOString();
        const blob = await this.store.putBlob(Buffer.from('nothing'));
        const record: StageRecord = {
          stage,
          observation: idleObservation(stage),
          state: blob,
          model: { topology: blob, weights: blob },
          rewindStates: {},
          resumedAt: [],
          startedAt,
          finishedAt: new Date().toISOString(),
          ranOn: `idle/${slot}`,
        };
        await this.store.putRecord(record);
        return { kind: 'finished' };
      },
      release: () => undefined,
    };
  }
}
