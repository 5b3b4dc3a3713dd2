import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { PrunefrontClient, type Snapshot } from '../../client/prunefront-client.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import type { StageHeartbeat } from '../../core/sweep/progress.js';
import { projectRoot } from '../../tools/paths.mjs';
import { childrenOf } from './local-stack.js';
import { temporalServer } from './paper-sweeps.js';

const MAIN = join(projectRoot(), 'cli', 'prunefront.mjs');
const POLL_MS = 50;
const ANY_PORT = '127.0.0.1:0';

/** The line in which a process says what it is. */
export interface StartLine {
  readonly process: string;
  readonly version: string;
  readonly pid: number;
  readonly addresses: Readonly<Record<string, string>>;
  readonly configuration: Readonly<Record<string, string>>;
}

/** One process of a cluster, started as people start it. */
export class ClusterProcess {
  private out = '';
  private err = '';
  /** Exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;

  constructor(private readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.err += text;
    });
    this.ended = new Promise((resolve) => child.once('close', (code) => resolve(code)));
  }

  /** Runs one of the commands. */
  static start(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): ClusterProcess {
    const env = { ...process.env, PRUNEFRONT_NO_SETUP: '1', PRUNEFRONT_DEVICE: 'cpu', ...environment };
    return new ClusterProcess(
      spawn(process.execPath, [MAIN, command, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  /** Runs one of the commands by `npx`, as README says. */
  static startByNpx(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): ClusterProcess {
    const env = { ...process.env, PRUNEFRONT_NO_SETUP: '1', ...environment };
    const how = { cwd: projectRoot(), env, stdio: ['ignore', 'pipe', 'pipe'] } satisfies SpawnOptions;
    return new ClusterProcess(spawn('npx', ['prunefront', command, ...args], how));
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('it was not started');
    return this.child.pid;
  }

  /** Process ids of its trainers. */
  get trainers(): number[] {
    return childrenOf(this.pid);
  }

  /** What it has said on standard error. */
  get errors(): string {
    return this.err;
  }

  /** The first of its lines that says a thing. */
  async line<Line>(key: keyof Line & string): Promise<Line> {
    let code: number | null | undefined;
    void this.ended.then((ended) => {
      code = ended;
    });
    for (;;) {
      const lines = this.out.split('\n').slice(0, -1);
      const found = lines.map((line) => JSON.parse(line) as Line & object).find((line) => key in line);
      if (found !== undefined) return found;
      if (code !== undefined) throw new Error(`it ended with ${code}: ${this.err}`);
      await sleep(POLL_MS);
    }
  }

  started(): Promise<StartLine> {
    return this.line<StartLine>('addresses');
  }

  async ready(): Promise<this> {
    await this.line<{ ready: true }>('ready');
    return this;
  }

  /** Asks it over HTTP. */
  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const { addresses } = await this.started();
    const answer = await fetch(`http://${addresses['http']}${path}`);
    return { status: answer.status, text: await answer.text() };
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Ends it without ado. */
  async kill(): Promise<void> {
    const trainers = this.child.exitCode === null ? this.trainers : [];
    this.child.kill('SIGKILL');
    // One that stands still does not notice that its worker has gone.
    for (const pid of trainers) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has.
      }
    }
    await this.ended;
  }
}

/** Processes one by one around one Temporal server and one store. */
export class TestCluster {
  private readonly processes: ClusterProcess[] = [];
  private known: PrunefrontClient | null = null;
  /** Address of its gateway. */
  gateway = '';

  private constructor(
    readonly folder: string,
    readonly env: TestWorkflowEnvironment,
    readonly store: ArtifactStore,
  ) {}

  /** A server, a store, an orchestrator and a gateway, both with these arguments. */
  static async start(...args: readonly string[]): Promise<TestCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'prunefront-test-'));
    const cluster = new TestCluster(folder, await temporalServer(), await openFolderStore(join(folder, 'store')));
    cluster.run('orchestrator', '--http', ANY_PORT, '--health', ANY_PORT, ...args);
    const gateway = cluster.run('gateway', '--listen', ANY_PORT, '--http', ANY_PORT, '--window', '8', ...args);
    const { addresses } = await gateway.started();
    cluster.gateway = addresses['grpc'] ?? '';
    cluster.known = new PrunefrontClient(cluster.gateway);
    return cluster;
  }

  get client(): PrunefrontClient {
    if (this.known === null) throw new Error('there is no gateway yet');
    return this.known;
  }

  /** Arguments that every process of this cluster has. */
  get common(): string[] {
    return ['--temporal', this.env.address, '--namespace', 'default', '--store', join(this.folder, 'store')];
  }

  run(command: string, ...args: readonly string[]): ClusterProcess {
    const started = ClusterProcess.start(command, [...this.common, ...args]);
    this.processes.push(started);
    return started;
  }

  /** A node of one slot with a checkpoint every fifth of a second. */
  node(name: string, ...args: readonly string[]): ClusterProcess {
    const own = ['--node', name, '--slots', '1', '--checkpoint-every', '200', '--http', ANY_PORT, '--health', ANY_PORT];
    return this.run('worker', ...own, ...args);
  }

  async sweep(text: string): Promise<string> {
    const { sweepId } = await this.client.start({ text, fileName: 'spec.yaml', baseFolder: this.folder });
    return sweepId;
  }

  /** Follows a sweep to its end. */
  async finish(sweepId: string): Promise<Snapshot> {
    let last: Snapshot | null = null;
    for await (const snapshot of this.client.watch(sweepId, new AbortController().signal)) last = snapshot;
    if (last === null) throw new Error('no snapshot arrived');
    return last;
  }

  /** The first stage of a candidate that is in the middle of its training, with a checkpoint. */
  async midStage(sweepId: string): Promise<StageHeartbeat> {
    const found = new AbortController();
    for await (const { slots } of this.client.watch(sweepId, found.signal)) {
      const slot = slots.find(({ heartbeat }) => heartbeat.candidate !== 'dense' && heartbeat.checkpoint !== null);
      if (slot === undefined) continue;
      found.abort();
      return slot.heartbeat;
    }
    throw new Error('the sweep ended before a stage was caught');
  }

  async stop(): Promise<void> {
    this.known?.close();
    await Promise.all(this.processes.map((each) => each.kill()));
    await this.env.teardown();
    await rm(this.folder, { recursive: true, force: true });
  }
}
