import { type ChildProcess, spawn } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PrunefrontClient } from '../../client/prunefront-client.js';
import { table } from '../measure/print.js';
import { endProgram, startProgram, startServer } from '../orchestration/processes.js';

const STEPS = 1000;
const RATES = [0.001, 0.002, 0.003, 0.004];
const CANDIDATES = STEPS * RATES.length;
const WATCHERS = 50;
/** Calls under way at once, as of so many programs that ask one thing after the other. */
const ASKERS = 16;
const MEASURED_MS = 10_000;
const STAGE_QUEUE = 'bench-stages';
const SPEC = `
name: bench-gateway
model: { zoo: mnistMlp }
dataset: mnist
baseline: { epochs: 1, batchSize: 64, optimizer: adam }
space:
  method: { granularity: weight, criterion: magnitude, scope: global }
  sparsity: { from: 0.0001, to: 0.9999, steps: ${STEPS} }
  schedule: oneShot
  recovery: [${RATES.map((rate) => `{ epochs: 1, learningRate: ${rate} }`).join(', ')}]
budget: { candidates: ${CANDIDATES} }
`;

/** What a kind of call took. */
interface Measured {
  readonly name: string;
  readonly aSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Calls that were refused, or not answered in time. */
  readonly failed: number;
}

/** Asks as often as answers come, by several at once, for some seconds. */
async function measure(name: string, ask: () => Promise<unknown>): Promise<Measured> {
  const took: number[] = [];
  let failed = 0;
  const from = performance.now();
  const asker = async (): Promise<void> => {
    while (performance.now() - from < MEASURED_MS) {
      const asked = performance.now();
      await ask().catch(() => {
        failed += 1;
      });
      took.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: ASKERS }, asker));
  const aSecond = (took.length * 1000) / (performance.now() - from);
  const sorted = took.sort((a, b) => a - b);
  const quantile = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
  return { name, aSecond, p50: quantile(0.5), p99: quantile(0.99), failed };
}

async function startGatewayProcess(temporal: string, store: string): Promise<{ address: string; child: ChildProcess }> {
  const program = fileURLToPath(new URL('./server.js', import.meta.url));
  const child = spawn(process.execPath, [program, temporal, store, STAGE_QUEUE], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { address: line.toString().trim(), child };
}

const folder = mkdtempSync(join(tmpdir(), 'prunefront-bench-'));
const store = join(folder, 'store');
const { address: temporal, child: server } = await startServer(folder);
const place = ['--temporal', temporal, '--store', store];
const node = [...place, '--task-queue', STAGE_QUEUE, '--slots', '4'];
const programs = [
  startProgram('workers/orchestrator/main.js', 'orchestrator', place),
  startProgram('bench/orchestration/idle-node.js', 'gpu-node', node),
];
const gateway = await startGatewayProcess(temporal, store);
const client = new PrunefrontClient(gateway.address);
const stop = new AbortController();
setMaxListeners(0, stop.signal);
try {
  console.log(
    `${WATCHERS} watchers and ${ASKERS} askers on a sweep whose stages end at once; real Temporal, orchestrator and gateway …`,
  );
  const { sweepId } = await client.start({ text: SPEC, fileName: 'bench.yaml', baseFolder: folder });
  let events = 0;
  const watchers = Array.from({ length: WATCHERS }, async () => {
    for await (const _ of client.events(sweepId, { signal: stop.signal })) events += 1;
  });
  while (events < WATCHERS * 10) await sleep(100);
  const eventsBefore = events;
  const from = performance.now();
  const measured = [
    await measure('ListNodes (store)', () => client.nodes.list()),
    await measure('ListSweeps (Temporal)', () => client.list()),
    await measure('GetSweep (Temporal and workflow)', () => client.status(sweepId)),
  ];
  const eventsASecond = ((events - eventsBefore) * 1000) / (performance.now() - from);
  stop.abort();
  await Promise.all(watchers);
  const rows = measured.map(({ name, aSecond, p50, p99, failed }) => [
    ...[name, aSecond.toFixed(0), p50.toFixed(1), p99.toFixed(1), String(failed)],
  ]);
  console.log(table(['call', 'a second', 'p50 ms', 'p99 ms', 'failed'], rows));
  console.log(
    `Events told to all watchers: ${eventsASecond.toFixed(0)} a second (${(eventsASecond / WATCHERS).toFixed(1)} to each)`,
  );
} finally {
  stop.abort();
  client.close();
  for (const child of [gateway.child, ...programs, server]) await endProgram(child);
  rmSync(folder, { recursive: true, force: true });
}
