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
import { median, quartiles } from '../measure/statistics.js';
import { BareTrainers, type SweepStages, stageSeconds } from './bare-run.js';

/**
 * What metrics, progress and heartbeats cost the training: the same sweep's stages with everything that a watched service does (progress
 * messages, heartbeats to Temporal, a watcher, all metrics scraped every second), and on trainers that nobody listens to, in turns on one
 * machine: `[--rounds N] [--epochs N]`. The stack stays up all the time, so that its idle cost is on both sides.
 */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, epochs: { type: 'string', default: '4' } },
});
const ROUNDS = Number(values.rounds);
const SLOTS = availableParallelism();
/** Fifteen times as often as Prometheus does by default. */
const SCRAPE_EVERY_MS = 1000;
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

/** Runs a sweep with all that a service does, and a watcher; returns the seconds of its stages together. */
async function watchedRun(
  client: PrunefrontClient,
  state: string,
  seed: number,
): Promise<{
  readonly stages: SweepStages;
  readonly total: number;
  readonly snapshots: number;
  readonly scrapes: number;
}> {
  const { sweepId } = await client.start({ text: spec(seed), fileName: 'bench.yaml', baseFolder: state });
  const scraping = scrape(state);
  let snapshots = 0;
  for await (const _ of client.watch(sweepId, new AbortController().signal)) snapshots += 1;
  const scrapes = scraping.stop();
  const { rows } = await client.result(sweepId);
  const candidates = rows.flatMap(({ candidate }) => candidate?.stages ?? []);
  const store = join(state, 'store');
  const [first] = candidates;
  const record = await (await openFolderStore(store)).getRecord(first?.baseline ?? '');
  if (record === null || rows.some(({ status }) => status !== 'ok')) throw new Error('a stage has failed');
  const { stage: baseline } = record;
  const keys = [baseline.key, ...candidates.map(({ key }) => key)];
  return { stages: { baseline, candidates }, total: await stageSeconds(store, keys), snapshots, scrapes };
}

const folder = mkdtempSync(join(tmpdir(), 'prunefront-bench-'));
const state = join(folder, 'state');
const { child, client } = await startStack(state);
let bare: BareTrainers | null = null;
try {
  console.log(`mnistCnn on MNIST, ${SLOTS} slots; ${ROUNDS} rounds of each side, in turns …`);
  // Warms the trainers up, and tells which stages there are.
  const { stages } = await watchedRun(client, state, 1000);
  bare = new BareTrainers(join(state, 'store'), join(folder, 'bare'), SLOTS);
  await bare.run(stages);
  const rounds: { readonly watched: number; readonly unwatched: number; readonly row: readonly string[] }[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    // Who comes first changes with every round, so that a machine that gets slower does so for both.
    const before = round % 2 === 0 ? await bare.run(stages) : null;
    const { total: watched, snapshots, scrapes } = await watchedRun(client, state, 1000 + round);
    const unwatched = before ?? (await bare.run(stages));
    const row = [
      String(round),
      seconds(watched),
      seconds(unwatched),
      (watched / unwatched).toFixed(4),
      `${snapshots}`,
      `${scrapes}`,
    ];
    rounds.push({ watched, unwatched, row });
  }
  const head = ['round', 'watched', 'nobody listens', 'ratio', 'snapshots', 'scrapes'];
  console.log(
    table(
      head,
      rounds.map(({ row }) => row),
    ),
  );
  const ratios = rounds.map(({ watched, unwatched }) => watched / unwatched);
  const [low, high] = quartiles(ratios);
  const overhead = (median(ratios) - 1) * 100;
  console.log(
    `Overhead of metrics and progress: ${overhead.toFixed(2)} % (median of ${ROUNDS} rounds, quartiles ${((low - 1) * 100).toFixed(2)} to ${((high - 1) * 100).toFixed(2)} %; aim: under 1 %)`,
  );
} finally {
  await bare?.stop();
  client.close();
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
