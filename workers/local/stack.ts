import { spawn } from 'node:child_process';
import { closeSync, createWriteStream, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stageQueueOf } from '../../core/nodes/node-record.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import type { CalibrationSubject } from '../../core/training/calibration/calibration.js';
import { UNGUARDED } from '../gateway/access/access-settings.js';
import { startGateway } from '../gateway/gateway.js';
import type { CalibrationStart } from '../gpu-node/calibrated.js';
import { readDevices } from '../gpu-node/devices.js';
import { NODE_WORKER } from '../gpu-node/settings.js';
import { inWords, type SlotsAndThreads, slotsAndThreads } from '../gpu-node/slots-and-threads.js';
import { slotsOfMachine } from '../gpu-node/slots-of-machine.js';
import { HEAP_OPTIONS } from './heap.js';
import { startFailure, temporalFailure } from './stack-failure.js';
import { attach, claimState, readStackFile, releaseState, writeStackFile } from './stack-file.js';
import { SupervisedProcess } from './supervised-process.js';
import { endLeftoverTemporal, freePort, spawnTemporal, untilTemporalServes } from './temporal-server.js';

/** An embedded stack that serves. */
export interface LocalStack {
  /** Address of its gateway. */
  readonly gateway: string;
  /** Address of its page. */
  readonly page: string;
  /** Whether another process had started it. */
  readonly attached: boolean;
  stop(): Promise<void>;
}

/** How an embedded stack runs. */
export interface StackOptions {
  /** Folder of all its state. */
  readonly state: string;
  /** Stages at once on each GPU, or on the CPU; null is what a calibration says, else one for each GPU, or for each core without one. */
  readonly slots: number | null;
  /** What is going to be trained, to calibrate with; null does not. */
  readonly subject: CalibrationSubject | null;
  /** Hears that a calibration begins, before the stack serves. */
  onCalibrating(about: CalibrationStart): void;
  /** Hears how slots and threads were decided. */
  onDecided(decided: SlotsAndThreads): void;
  readonly checkpointEveryMs: number;
  /** Milliseconds without a word after which a trainer counts as hung; null is what the environment or the node worker says. */
  readonly trainerSilenceMs: number | null;
  /** Folder that trainers write traces of what they do to; null is none. */
  readonly profile: string | null;
  /** Files of plugins, separated by commas; null is none. */
  readonly plugins: string | null;
  /** Ends the wait for what is still starting. */
  readonly signal: AbortSignal;
}

const TEMPORAL_TIMEOUT_MS = 60_000;
/** A server that ended so often before it ever served will not serve. */
const TEMPORAL_TRIES = 5;
/** The default of a node worker. */
const TRAINER_BYTES = Number(NODE_WORKER.table['trainer-memory'].default) * 1024 * 1024;
const TELL_EVERY_MS = 1000;
/** Shorter than the supervisor's patience. */
const DRAIN_MS = 7000;

/**
 * Starts Temporal, orchestrator, node worker and gateway on a state folder, or attaches to the stack that runs there.
 * @throws PrunefrontError `PRUNEFRONT_STORE_READ_ONLY`, `PRUNEFRONT_STORE_FULL`, `PRUNEFRONT_UNREACHABLE`
 */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const { state } = options;
  const store = await openFolderStore(join(state, 'store'));
  for (;;) {
    const gateway = await claimFolder(state, options.signal);
    if (gateway === null) break;
    const detach = attach(state);
    // It may have ended meanwhile.
    const running = readStackFile(state);
    if (running?.gateway === gateway)
      return { gateway, page: running.page, attached: true, stop: async () => detach() };
    detach();
  }

  const log = createWriteStream(join(state, 'logs', 'supervisor.log'), { flags: 'a' });
  // A disk that is full shows elsewhere; a log line is not worth the stack.
  log.on('error', () => undefined);
  const report = (line: string): void => {
    log.write(`${new Date().toISOString()} ${line}\n`);
  };
  const processes: SupervisedProcess[] = [];
  const endings: (() => Promise<void>)[] = [
    async () => {
      const [temporal, ...workers] = processes;
      await Promise.all(workers.map((each) => each.stop()));
      await temporal?.stop();
      releaseState(state);
    },
  ];
  const stop = async (): Promise<void> => {
    for (const ending of endings.reverse()) await ending();
  };
  try {
    await endLeftoverTemporal(state, readStackFile(state)?.processes['temporal'] ?? null);
    const port = await temporalPort(state);
    const temporal = `127.0.0.1:${port}`;
    const hopeless = new AbortController();
    let ends = 0;
    const reportTemporal = (line: string): void => {
      report(line);
      ends += 1;
      if (ends === TEMPORAL_TRIES) hopeless.abort(temporalFailure(state));
    };
    processes.push(new SupervisedProcess('temporal', () => spawnTemporal(state, port), reportTemporal));
    const given = AbortSignal.any([options.signal, hopeless.signal]);
    await untilTemporalServes(temporal, TEMPORAL_TIMEOUT_MS, given);
    const devices = await readDevices();
    const decided = await slotsAndThreads({
      ...{ asked: { slots: options.slots, threads: null }, subject: options.subject, devices },
      ...{ trainerBytes: TRAINER_BYTES, signal: given, onStart: options.onCalibrating },
    });
    report(`slots: ${inWords(decided)}, ${decided.because}`);
    options.onDecided(decided);
    const places = slotsOfMachine(devices, decided);
    const slots = places.length;
    const worker = (name: keyof typeof HEAP_OPTIONS, ...args: string[]): SupervisedProcess =>
      new SupervisedProcess(name, () => spawnWorker(state, temporal, name, args), report);
    const plugins = options.plugins === null ? [] : ['--plugin', options.plugins];
    const metrics = { orchestrator: `127.0.0.1:${await freePort()}`, 'gpu-node': `127.0.0.1:${await freePort()}` };
    processes.push(
      worker('orchestrator', '--http', metrics.orchestrator, ...plugins),
      worker('gpu-node', '--http', metrics['gpu-node'], ...plugins, ...nodeArguments(options, decided)),
    );
    const gateway = await startGateway({
      temporal: { connection: { address: temporal }, client: { namespace: 'default' } },
      store,
      listen: '127.0.0.1:0',
      http: '127.0.0.1:0',
      access: UNGUARDED,
      stageTaskQueue: stageQueueOf(places[0]?.device.device.kind ?? 'cpu'),
      // No stage waits in the queue, where pausing would not hold it.
      window: slots,
      assumed: { slots, examplesPerSecond: 2000 },
      // It starts together with the gateway, and again after each of its deaths.
      orchestratorMs: 30_000,
    });
    const tell = (address: string | null): void => {
      const pids = Object.fromEntries(processes.map(({ name, pid }) => [name, pid]));
      const pages = { gateway: new URL(gateway.page).host, ...metrics };
      writeStackFile(state, {
        ...{ pid: process.pid, gateway: address, page: gateway.page, temporal, processes: pids, metrics: pages },
      });
    };
    tell(gateway.address);
    const telling = setInterval(() => tell(gateway.address), TELL_EVERY_MS);
    endings.push(async () => {
      clearInterval(telling);
      // Who comes now waits for the end, and starts a stack of its own.
      tell(null);
      await gateway.close();
    });
    return { gateway: gateway.address, page: gateway.page, attached: false, stop };
  } catch (error) {
    await stop();
    throw startFailure(error, state);
  }
}

async function claimFolder(state: string, signal: AbortSignal): Promise<string | null> {
  try {
    mkdirSync(join(state, 'logs'), { recursive: true });
    return await claimState(state, signal);
  } catch (error) {
    throw startFailure(error, state);
  }
}

function nodeArguments(options: StackOptions, { slots, threads, prefersBfloat16 }: SlotsAndThreads): string[] {
  const { checkpointEveryMs, trainerSilenceMs } = options;
  return [
    ...['--slots', String(slots), ...(threads === null ? [] : ['--threads', String(threads)])],
    ...(prefersBfloat16 ? ['--auto-precision', 'bfloat16'] : []),
    ...['--node', hostname().replace(/[^A-Za-z0-9._-]/g, '-')],
    ...(options.profile === null ? [] : ['--profile', options.profile]),
    ...['--checkpoint-every', String(checkpointEveryMs)],
    ...(trainerSilenceMs === null ? [] : ['--trainer-silence', String(trainerSilenceMs)]),
  ];
}

function spawnWorker(state: string, temporal: string, name: keyof typeof HEAP_OPTIONS, args: readonly string[]) {
  const output = openSync(join(state, 'logs', `${name}.log`), 'a');
  const main = fileURLToPath(new URL(`../${name}/main.js`, import.meta.url));
  const common = [
    ...['--temporal', temporal, '--namespace', 'default', '--store', join(state, 'store')],
    ...['--http', '127.0.0.1:0', '--health', '127.0.0.1:0', '--drain-timeout', String(DRAIN_MS)],
  ];
  // It ends when its standard input does, so that none outlives this process.
  const child = spawn(process.execPath, [...HEAP_OPTIONS[name], main, ...common, ...args], {
    stdio: ['pipe', output, output],
  });
  closeSync(output);
  return child;
}

/**
 * The port stays the same for a state folder, so that workers find a restarted server where it was. Where another program has taken
 * it since the last stack ended, which could even be another stack's server, it is a new one.
 */
async function temporalPort(state: string): Promise<number> {
  const file = join(state, 'temporal.port');
  const port = await freePort(existsSync(file) ? Number(readFileSync(file, 'utf8')) || 0 : 0);
  writeFileSync(file, String(port));
  return port;
}
