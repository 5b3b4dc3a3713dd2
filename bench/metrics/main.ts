import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PrunefrontClient } from '../../client/prunefront-client.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { seconds, table } from '../measure/print.js';
import { controlCpuSeconds } from '../measure/process-memory.js';
import { median, quartiles } from '../measure/statistics.js';
import { BareTrainers, type SweepStages, stageSeconds } from './bare-run.js';

/**
 * What metrics, progress and heartbeats cost the training: the same sweep's stages with everything that a watched service does (progress
 * messages, heartbeats to Temporal, a watcher, all metrics scraped), and on trainers that nobody listens to, in turns on one machine:
 * `[--rounds N] [--epochs N]`; a round runs each side twice. The stack stays up all the time, so that its idle cost is on both sides. The
 * seconds vary by some per cent between runs of this bench, so the processor time of the processes that do not train is shown beside them.
 */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, epochs: { type: 'string', default: '8' } },
});
const ROUNDS = Number(values.rounds);
const SLOTS = availableParallelism();
/** As the Prometheus of the compose file does. */
const SCRAPE_EVERY_MS = 15_000;
const STACK = fileURLToPath(new URL('../../workers/local/main.js', import.meta.url));

/** As many candidates as slots, and a seed that no round had before, so that nothing is known already. */
function spec(seed: number): string {
  const sparsity = Array.from({ length: SLOTS }, (_, i) => (0.5 + (0.45 * i) / SLOTS).toFixed(3));
  return `name: bench-metrics
model: { zoo: mnistCnn }
dataset: mnist
baseline: { epochs: ${values.epochs}, batchSize: 64, optimizer: adam, seed: ${seed} }
space:
  method: { granularity: weight, criterion: magnitude, scope: global }
  sparsity: [${sparsity.join(', ')}]
  schedule: oneShot
  recovery: { epochs: ${values.epochs}, learningRate: 0.001 }
`;
}

async function startStack(state: string): Promise<{ readonly child: ChildProcess; readonly client: PrunefrontClient }> {
  const args = [STACK, '--state', state, '--slots', String(SLOTS)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { gateway } = JSON.parse(line) as { gateway: string };
  return { child, client: new PrunefrontClient(gateway) };
}

/** Scrapes all processes of the stack until `stop`; tells how often. */
function scrape(state: string): { stop(): number } {
  let scrapes = 0;
  const timer = setInterval(() => {
    const told = JSON.parse(readFileSync(join(state, 'stack.json'), 'utf8')) as {
      readonly metrics?: Record<string, string>;
    };
    for (const address of Object.values(told.metrics ?? {})) {
      void fetch(`http://${address}/metrics`)
        .then((answer) => answer.text())
        .then(() => {
          scrapes += 1;
        })
        .catch(() => undefined);
    }
  }, SCRAPE_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return scrapes;
    },
  };
}

/** Measures the part of the machine that the processes of the stack take, without their trainers. */
function controlShare(stack: number): () => number {
  const [cpu, at] = [controlCpuSeconds(stack), performance.now()];
  return () => (controlCpuSeconds(stack) - cpu) / ((performance.now() - at) / 1000) / SLOTS;
}

interface WatchedRun {
  readonly stages: SweepStages;
  /** Seconds of its stages together. */
  readonly total: number;
  readonly snapshots: number;
  readonly scrapes: number;
  /** Part of the machine that the stack's processes took while candidates trained. */
  readonly share: number;
}

/** Runs a sweep with all that a service does, and a watcher. */
async function watchedRun(client: PrunefrontClient, stack: number, state: string, seed: number): Promise<WatchedRun> {
  const { sweepId } = await client.start({ text: spec(seed), fileName: 'bench.yaml', baseFolder: state });
  const scraping = scrape(state);
  let snapshots = 0;
  let measured: (() => number) | null = null;
  let share = Number.NaN;
  for await (const { progress } of client.watch(sweepId, new AbortController().signal)) {
    snapshots += 1;
    if (progress.state === 'searching') measured ??= controlShare(stack);
    else if (measured !== null && Number.isNaN(share)) share = measured();
  }
  const scrapes = scraping.stop();
  const { rows } = await client.result(sweepId);
  const candidates = rows.flatMap(({ candidate }) => candidate?.stages ?? []);
  const store = join(state, 'store');
  const [first] = candidates;
  const record = await (await openFolderStore(store)).getRecord(first?.baseline ?? '');
  if (record === null || rows.some(({ status }) => status !== 'ok')) throw new Error('a stage has failed');
  const { stage: baseline } = record;
  const keys = [baseline.key, ...candidates.map(({ key }) => key)];
  return { stages: { baseline, candidates }, total: await stageSeconds(store, keys), snapshots, scrapes, share };
}

const percent = (part: number): string => `${(100 * part).toFixed(2)} %`;

const folder = mkdtempSync(join(tmpdir(), 'prunefront-bench-'));
const state = join(folder, 'state');
const { child, client } = await startStack(state);
const stack = child.pid ?? 0;
let bare: BareTrainers | null = null;
try {
  console.log(`mnistCnn on MNIST, ${SLOTS} slots; ${ROUNDS} rounds of each side, in turns …`);
  // Warms the trainers up, and tells which stages there are.
  const { stages } = await watchedRun(client, stack, state, 1000);
  bare = new BareTrainers(join(state, 'store'), join(folder, 'bare'), SLOTS);
  await bare.run(stages);
  const rounds: { readonly ratio: number; readonly share: number; readonly row: readonly string[] }[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    // Each side first and last: a machine that gets slower does so for both.
    const first = await watchedRun(client, stack, state, 1000 + 2 * round);
    const idle = controlShare(stack);
    const unwatched = (await bare.run(stages)) + (await bare.run(stages));
    const idleShare = idle();
    const last = await watchedRun(client, stack, state, 1001 + 2 * round);
    const watched = first.total + last.total;
    const busyShare = (first.share + last.share) / 2;
    const ratio = watched / unwatched;
    const row = [
      ...[String(round), seconds(watched), seconds(unwatched), ratio.toFixed(4)],
      ...[percent(busyShare), percent(idleShare)],
      ...[String(first.snapshots + last.snapshots), String(first.scrapes + last.scrapes)],
    ];
    rounds.push({ ratio, share: busyShare - idleShare, row });
  }
  const head = ['round', 'watched', 'nobody listens', 'ratio', 'processor, watched', 'idle', 'snapshots', 'scrapes'];
  console.log(
    table(
      head,
      rounds.map(({ row }) => row),
    ),
  );
  const spread = (values: readonly number[]): string => {
    const [low, high] = quartiles(values);
    return `${percent(median(values))} (median of ${values.length} rounds, quartiles ${percent(low)} to ${percent(high)}; aim: under 1 %)`;
  };
  console.log(`Training takes longer by ${spread(rounds.map(({ ratio }) => ratio - 1))}`);
  console.log(
    `Metrics, progress and heartbeats take of the machine’s processor time ${spread(rounds.map(({ share }) => share))}`,
  );
} finally {
  await bare?.stop();
  client.close();
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
