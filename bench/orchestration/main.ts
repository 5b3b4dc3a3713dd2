import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { openFolderStore } from '../../core/store/folder-store.js';
import { EQUAL_SHARE, type SweepInput } from '../../core/sweep/progress.js';
import type { SweepResult } from '../../core/sweep/result.js';
import type { SweepSpec } from '../../core/sweep/spec.js';
import { ORCHESTRATOR_TASK_QUEUE } from '../../workers/orchestrator/task-queue.js';
import type { sweepWorkflow } from '../../workflows/index.js';
import { memoryTable, seconds } from '../measure/print.js';
import { watchMemory } from '../measure/process-memory.js';
import { endProgram, startProgram, startServer } from './processes.js';

const STAGES = 1000;
const SLOTS = 16;
const STAGE_QUEUE = 'bench-stages';
const ADAM = { adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } };

/** A thousand one-shot candidates, so a thousand stages below the dense model. */
const SPEC: SweepSpec = {
  name: 'bench-orchestration',
  model: { zoo: 'mnistMlp' },
  dataset: { builtin: 'mnist' },
  split: { validation: 0.1, test: 0.2, seed: 1 },
  baseline: { epochs: 1, batchSize: 64, optimizer: ADAM, seed: 1 },
  space: {
    method: [{ granularity: 'weight', criterion: 'magnitude', scope: 'global' }],
    sparsity: Array.from({ length: STAGES }, (_, i) => (i + 1) / (STAGES + 1)),
    schedule: ['oneShot'],
    recovery: [{ epochs: 0, learningRate: 0.001 }],
  },
  search: { algorithm: 'grid', seed: 1 },
  objectives: [{ maximize: 'accuracy' }, { minimize: 'bytesGzip' }],
  constraints: [],
  select: 'knee',
  budget: { candidates: STAGES, wallClockMs: null },
};

/** Runs the sweep and returns its result with the seconds that it took from start to published. */
async function runSweep(
  address: string,
  storeFolder: string,
): Promise<{ readonly result: SweepResult; readonly wallSeconds: number }> {
  const connection = await Connection.connect({ address });
  const sweepId = 'bench-orchestration';
  const input: SweepInput = {
    ...{ sweepId, spec: SPEC, source: '', stageTaskQueue: STAGE_QUEUE, window: 2 * SLOTS, share: EQUAL_SHARE },
  };
  const started = performance.now();
  await new Client({ connection }).workflow.execute<typeof sweepWorkflow>('sweepWorkflow', {
    workflowId: sweepId,
    taskQueue: ORCHESTRATOR_TASK_QUEUE,
    args: [input],
  });
  const wallSeconds = (performance.now() - started) / 1000;
  await connection.close();
  const store = await openFolderStore(storeFolder);
  return { result: (await store.getDocument(`sweeps/${sweepId}/result.json`)) as SweepResult, wallSeconds };
}

/** Seconds from the start of the first candidate's stage to the end of the last one's, by their records. */
async function stageSpan(storeFolder: string, result: SweepResult): Promise<number> {
  const store = await openFolderStore(storeFolder);
  const keys = result.rows.flatMap(({ candidate }) => candidate?.stages.map(({ key }) => key) ?? []);
  if (keys.length !== STAGES) throw new Error(`${keys.length} stages were run instead of ${STAGES}`);
  const records = await Promise.all(keys.map((key) => store.getRecord(key)));
  const times = records.flatMap((record) =>
    record === null ? [] : [[Date.parse(record.startedAt), Date.parse(record.finishedAt)] as const],
  );
  return (Math.max(...times.map(([, end]) => end)) - Math.min(...times.map(([start]) => start))) / 1000;
}

const folder = mkdtempSync(join(tmpdir(), 'prunefront-bench-'));
const store = join(folder, 'store');
const { address, child: server } = await startServer(folder);
const programs = [
  startProgram('workers/orchestrator/main.js', 'orchestrator', ['--temporal', address, '--store', store]),
  startProgram('bench/orchestration/idle-node.js', 'gpu-node', [
    '--temporal',
    address,
    '--store',
    store,
    '--task-queue',
    STAGE_QUEUE,
    '--slots',
    String(SLOTS),
  ]),
];
const memory = watchMemory(process.pid, { withRoot: false });
try {
  console.log(
    `${STAGES} stages that do nothing, ${SLOTS} slots, real Temporal server, sweepWorkflow, activities and store …`,
  );
  const { result, wallSeconds } = await runSweep(address, store);
  const span = await stageSpan(store, result);
  console.log(`Sweep, preparation and report included: ${seconds(wallSeconds)}`);
  console.log(`The ${STAGES} stages: ${seconds(span)}`);
  console.log(
    `Overhead of a stage: ${((span * 1000) / STAGES).toFixed(2)} ms of wall clock with ${SLOTS} slots (aim: under 15 ms)`,
  );
  console.log(`A slot is free again after ${((span * 1000 * SLOTS) / STAGES).toFixed(0)} ms`);
  console.log(memoryTable(memory.stop()));
} finally {
  memory.stop();
  await Promise.all(programs.map(endProgram));
  await endProgram(server);
  rmSync(folder, { recursive: true, force: true });
}
