import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { nameOf } from '../../core/registry/index.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import type { StageRecord } from '../../core/sweep/observation.js';
import type { SweepResult } from '../../core/sweep/result.js';
import { withinStage } from '../../core/sweep/schedule.js';
import { type MemoryReport, watchMemory } from '../measure/process-memory.js';
import { benchSpec, type Precision } from './candidates.js';

const CLI = fileURLToPath(new URL('../../cli/main.js', import.meta.url));

/** One candidate with the record of its last stage. */
export interface OurRow {
  readonly schedule: 'polynomial' | 'constant';
  readonly sparsity: number;
  readonly record: StageRecord;
}

/** A run of the whole local stack. */
export interface OurRun {
  readonly precision: Precision;
  /** Seconds of the command: embedded servers, data, dense model, candidates, test scores, report, exports. */
  readonly wallSeconds: number;
  readonly baselineSeconds: number;
  /** Seconds from the start of the first candidate to the end of the last one. */
  readonly candidateSeconds: number;
  readonly baseline: StageRecord;
  readonly rows: readonly OurRow[];
  readonly memory: MemoryReport;
  readonly store: ArtifactStore;
  readonly versions: Readonly<Record<string, string>>;
}

/** `prunefront sweep run SPEC --local --json`, to its end. */
async function runCommand(
  folder: string,
  precision: Precision,
): Promise<{ readonly sweepId: string; readonly wallSeconds: number; readonly memory: MemoryReport }> {
  const spec = join(folder, 'bench.yaml');
  writeFileSync(spec, benchSpec(precision));
  const started = performance.now();
  const args = [
    'sweep',
    'run',
    spec,
    '--local',
    '--no-calibrate',
    '--json',
    '--state',
    join(folder, 'state'),
    '--out',
    join(folder, 'out'),
  ];
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const memory = watchMemory(child.pid ?? process.pid);
  let sweepId = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line) as { readonly sweepId?: string };
    sweepId = said.sweepId ?? sweepId;
  });
  const [code] = await once(child, 'close');
  const report = memory.stop();
  if (code !== 0) throw new Error(`prunefront sweep run ended with ${code}`);
  return { sweepId, wallSeconds: (performance.now() - started) / 1000, memory: report };
}

async function recordOf(store: ArtifactStore, stageKey: string): Promise<StageRecord> {
  const record = await store.getRecord(stageKey);
  if (record === null) throw new Error(`the store has no record of stage ${stageKey}`);
  return record;
}

function seconds(from: readonly StageRecord[]): number {
  const starts = from.map(({ startedAt }) => Date.parse(startedAt));
  const ends = from.map(({ finishedAt }) => Date.parse(finishedAt));
  return (Math.max(...ends) - Math.min(...starts)) / 1000;
}

/** Runs the twelve candidates with Prunefront's local stack in `folder`, from start to end. */
export async function runOurs(folder: string, precision: Precision): Promise<OurRun> {
  mkdirSync(folder);
  const { sweepId, wallSeconds, memory } = await runCommand(folder, precision);
  const store = await openFolderStore(join(folder, 'state', 'store'));
  const result = (await store.getDocument(`sweeps/${sweepId}/result.json`)) as SweepResult;
  const rows = await Promise.all(
    result.rows.flatMap(({ candidate }) => {
      const last = candidate?.stages.at(-1);
      if (!candidate || last === undefined || candidate.schedule === 'oneShot') return [];
      const schedule = nameOf(withinStage(candidate.schedule)) === 'constant' ? 'constant' : 'polynomial';
      return [recordOf(store, last.key).then((record): OurRow => ({ schedule, sparsity: candidate.sparsity, record }))];
    }),
  );
  const dense = rows[0]?.record.stage.baseline;
  if (dense === undefined) throw new Error('the sweep has no candidates');
  const baseline = await recordOf(store, dense);
  return {
    precision,
    wallSeconds,
    baselineSeconds: seconds([baseline]),
    candidateSeconds: seconds(rows.map(({ record }) => record)),
    baseline,
    rows,
    memory,
    store,
    versions: result.versions,
  };
}
