import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { PrunefrontClient, type Snapshot } from '../../client/prunefront-client.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { decodeCheckpoint } from '../../core/training/stage-state.js';
import type { StackFile } from '../../workers/local/stack-file.js';

const STARTED = proto.temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_STARTED;

const MAIN = fileURLToPath(new URL('../../dist/workers/local/main.js', import.meta.url));

/** A stage whose trainer stands still between its start and its end, and what the store has of it. */
export interface Caught {
  readonly stageKey: string;
  /** Blob key of its checkpoint. */
  readonly checkpoint: string;
  /** Optimizer steps that the checkpoint holds. */
  readonly step: number;
  /** Process ids of all trainers; each is stopped. */
  readonly trainers: readonly number[];
}

/** A real embedded stack on a state folder of its own: Temporal, gateway, orchestrator, node worker and two trainers. */
export class TestStack {
  private constructor(
    readonly state: string,
    readonly gateway: PrunefrontClient,
    readonly store: ArtifactStore,
    private readonly child: ChildProcess,
  ) {}

  static async start(state = mkdtempSync(join(tmpdir(), 'prunefront-test-'))): Promise<TestStack> {
    const args = [MAIN, '--state', state, '--slots', '2', '--checkpoint-every', '200', '--trainer-silence', '6000'];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      child.once('exit', (code) => reject(new Error(`the stack ended with ${code}`)));
    });
    const { gateway } = JSON.parse(line) as { gateway: string };
    return new TestStack(state, new PrunefrontClient(gateway), await openFolderStore(join(state, 'store')), child);
  }

  /** Address of its Temporal server. */
  get temporal(): string {
    return this.told.temporal;
  }

  /** Addresses of its processes, each of which serves `/metrics`. */
  get metrics(): Readonly<Record<string, string>> {
    return this.told.metrics;
  }

  /** What its supervisor tells. */
  private get told(): StackFile {
    return JSON.parse(readFileSync(join(this.state, 'stack.json'), 'utf8')) as StackFile;
  }

  /** Process id of a part, read from what the supervisor tells. */
  pid(part: 'temporal' | 'orchestrator' | 'gpu-node'): number {
    const { processes } = this.told;
    const pid = processes[part];
    if (pid === undefined || pid === null) throw new Error(`${part} does not run`);
    return pid;
  }

  /** Process ids of the trainers of the node worker that runs now. */
  trainers(): number[] {
    return childrenOf(this.pid('gpu-node'));
  }

  /** Starts a sweep and returns its id. */
  async sweep(text: string): Promise<string> {
    const { sweepId } = await this.gateway.start({ text, fileName: 'spec.yaml', baseFolder: this.state });
    return sweepId;
  }

  /** The first snapshot for which the condition holds. */
  async until(sweepId: string, condition: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
    const found = new AbortController();
    for await (const snapshot of this.gateway.watch(sweepId, found.signal)) {
      if (!condition(snapshot)) continue;
      found.abort();
      return snapshot;
    }
    throw new Error('the sweep ended before the condition held');
  }

  /** Waits until an activity of a sweep's workflow runs. */
  async untilActivity(sweepId: string, activity: string): Promise<void> {
    const connection = await Connection.connect({ address: this.temporal });
    const handle = new Client({ connection }).workflow.getHandle(`sweep-${sweepId}`);
    const runs = async (): Promise<boolean> =>
      ((await handle.describe()).raw.pendingActivities ?? []).some(
        ({ activityType, state }) => activityType?.name === activity && state === STARTED,
      );
    while (!(await runs()));
    await connection.close();
  }

  /** Stops all trainers (SIGSTOP) while the store has a checkpoint of a candidate's stage that has not ended. */
  async catchMidStage(sweepId: string): Promise<Caught> {
    await this.until(sweepId, ({ progress }) => progress.baseline !== null);
    for (;;) {
      const trainers = this.trainers();
      for (const pid of trainers) signal(pid, 'SIGSTOP');
      const found = await this.findCheckpoint();
      if (found !== null) return { ...found, trainers };
      for (const pid of trainers) signal(pid, 'SIGCONT');
      await this.until(sweepId, ({ progress }) => progress.state === 'searching');
    }
  }

  private async findCheckpoint(): Promise<Omit<Caught, 'trainers'> | null> {
    for (const name of readdirSync(this.storePath('checkpoints'))) {
      const stageKey = name.replace('.json', '');
      const checkpoint = await this.store.getCheckpoint(stageKey);
      if (checkpoint === null || (await this.store.getRecord(stageKey)) !== null) continue;
      const { step } = decodeCheckpoint(await this.store.getBlob(checkpoint));
      return { stageKey, checkpoint, step };
    }
    return null;
  }

  storePath(...parts: readonly string[]): string {
    return join(this.state, 'store', ...parts);
  }

  /** File of a blob of the store. */
  blobPath(key: string): string {
    return this.storePath('blobs', key.slice(0, 2), key);
  }

  /** Follows a sweep to its end. */
  async finish(sweepId: string): Promise<Snapshot> {
    let last: Snapshot | null = null;
    for await (const snapshot of this.gateway.watch(sweepId, new AbortController().signal)) last = snapshot;
    if (last === null) throw new Error('no snapshot arrived');
    return last;
  }

  async stop(keepState = false): Promise<void> {
    if (this.child.exitCode !== null) return;
    this.gateway.close();
    const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.stdin?.end();
    await ended;
    if (!keepState) await rm(this.state, { recursive: true, force: true });
  }
}

/** Sends a signal to a process that may have ended since it was listed. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Children of a process, from /proc. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(parent);
      } catch {
        return false;
      }
    });
}
