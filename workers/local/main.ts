import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeError, toErrorData } from '../../core/errors.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { startGateway } from '../gateway/server.js';
import { slotsOfMachine } from '../gpu-node/slots-of-machine.js';
import { readStackFile, removeStackFile, writeStackFile } from './stack-file.js';
import { SupervisedProcess } from './supervised-process.js';
import { freePort, spawnTemporal, untilTemporalServes } from './temporal-server.js';

/**
 * The embedded stack: Temporal, gateway, orchestrator and a node worker under one supervisor, with all state in one folder.
 * `--state FOLDER [--slots N] [--checkpoint-every MS] [--trainer-silence MS]`. Prints one JSON line when it serves; ends when its standard input does.
 */
const { values } = parseArgs({
  options: {
    state: { type: 'string', default: '.prunefront' },
    slots: { type: 'string' },
    'checkpoint-every': { type: 'string', default: '5000' },
    'trainer-silence': { type: 'string', default: '20000' },
  },
});
const state = resolve(values.state);
const stopped = new AbortController();
const STAGE_QUEUE = 'prunefront-stages-local';

/** The port stays the same for a state folder, so that workers find a restarted server where it was. */
async function temporalPort(): Promise<number> {
  const file = join(state, 'temporal.port');
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    const port = await freePort();
    writeFileSync(file, String(port));
    return port;
  }
}

async function start(): Promise<() => Promise<void>> {
  const store = await openFolderStore(join(state, 'store'));
  mkdirSync(join(state, 'logs'), { recursive: true });
  const running = readStackFile(state);
  if (running !== null) {
    process.stdout.write(`${JSON.stringify({ gateway: running.gateway, attached: true })}\n`);
    return async () => undefined;
  }
  const log = createWriteStream(join(state, 'logs', 'supervisor.log'), { flags: 'a' });
  const report = (line: string): void => {
    log.write(`${new Date().toISOString()} ${line}\n`);
  };
  const port = await temporalPort();
  const temporal = `127.0.0.1:${port}`;
  const worker = (name: string, memoryMb: number, ...args: string[]) => {
    const output = openSync(join(state, 'logs', `${name}.log`), 'a');
    const main = fileURLToPath(new URL(`../${name}/main.js`, import.meta.url));
    return spawn(process.execPath, [`--max-old-space-size=${memoryMb}`, main, '--temporal', temporal, '--store', join(state, 'store'), ...args], {
      stdio: ['pipe', output, output],
    });
  };
  const processes: SupervisedProcess[] = [new SupervisedProcess('temporal', () => spawnTemporal(state, port), report)];
  const slots = slotsOfMachine(values.slots === undefined ? null : Number(values.slots)).length;
  await untilTemporalServes(temporal, AbortSignal.any([stopped.signal, AbortSignal.timeout(60_000)]));
  processes.push(
    new SupervisedProcess('orchestrator', () => worker('orchestrator', 256), report),
    new SupervisedProcess(
      'gpu-node',
      () =>
        worker('gpu-node', 128, '--task-queue', STAGE_QUEUE, '--slots', String(slots), '--node', hostname(), '--checkpoint-every', values['checkpoint-every'], '--trainer-silence', values['trainer-silence']),
      report,
    ),
  );
  const gateway = await startGateway({
    temporalAddress: temporal,
    namespace: 'default',
    store,
    listen: '127.0.0.1:0',
    stageTaskQueue: STAGE_QUEUE,
    // One stage more than slots for each slot waits ready; the others stay in the workflow, where pausing holds them.
    window: 2 * slots,
    assumed: { slots, examplesPerSecond: 2000 },
  });
  const tell = (): void =>
    writeStackFile(state, { pid: process.pid, gateway: gateway.address, temporal, processes: Object.fromEntries(processes.map(({ name, pid }) => [name, pid])) });
  tell();
  const refresh = setInterval(tell, 1000);
  process.stdout.write(`${JSON.stringify({ gateway: gateway.address })}\n`);
  return async () => {
    clearInterval(refresh);
    const [server, ...workers] = processes;
    await gateway.close();
    await Promise.all(workers.map((each) => each.stop()));
    await server?.stop();
    removeStackFile(state);
  };
}

let stop: (() => Promise<void>) | null = null;
const end = (): void => {
  if (stopped.signal.aborted) return;
  stopped.abort();
  void (stop?.() ?? Promise.resolve()).finally(() => process.exit(0));
};
process.on('SIGTERM', end);
process.on('SIGINT', () => undefined);
process.stdin.resume();
process.stdin.on('end', end);
process.stdin.on('error', end);
try {
  stop = await start();
  if (stopped.signal.aborted) await stop();
} catch (error) {
  const data = toErrorData(error);
  process.stdout.write(`${JSON.stringify({ error: data })}\n`);
  process.stderr.write(`${describeError(data)}\n`);
  process.exit(1);
}
