import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ProcessPeak, watchMemory } from '../measure/process-memory.js';
import { BASELINE, CANDIDATES, TRAINING } from './candidates.js';

const SCRIPT = fileURLToPath(new URL('./peer.py', import.meta.url));

/** What one candidate reached on the peer's side. */
export interface PeerRow {
  readonly schedule: string;
  readonly sparsity: number;
  readonly validationAccuracy: number;
  readonly testAccuracy: number;
  readonly reachedSparsity: number;
  readonly seconds: number;
}

/** What a process of the peer measured. */
interface PeerResult {
  readonly baselineSeconds: number | null;
  readonly versions: Readonly<Record<string, string>>;
  readonly candidates: readonly PeerRow[];
}

/** A run of the peer: wall clock with and without the training of the dense model, and memory. */
export interface PeerRun {
  readonly processes: number;
  /** Seconds from start to end, the training of the dense model included. */
  readonly wallSeconds: number;
  readonly baselineSeconds: number;
  /** Seconds that the candidates took, without starting Python and reading the images; of the process that took longest. */
  readonly candidateSeconds: number;
  readonly rows: readonly PeerRow[];
  readonly versions: Readonly<Record<string, string>>;
  readonly memory: readonly ProcessPeak[];
}

interface Finished {
  readonly result: PeerResult;
  readonly memory: readonly ProcessPeak[];
}

async function runScript(python: string, folder: string, name: string, args: readonly string[]): Promise<Finished> {
  const results = join(folder, `${name}.json`);
  const child = spawn(
    python,
    [SCRIPT, join(folder, 'inputs.safetensors'), join(folder, 'candidates.json'), results, ...args],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const complaints: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  const memory = watchMemory(child.pid ?? process.pid);
  const [code] = await once(child, 'close');
  const { processes } = memory.stop();
  if (code !== 0) throw new Error(`peer.py ended with ${code}:\n${complaints.join('').slice(-2000)}`);
  return { result: JSON.parse(readFileSync(results, 'utf8')), memory: processes };
}

/** Writes the plan that peer.py reads beside the inputs. */
export function writePeerPlan(folder: string): void {
  writeFileSync(
    join(folder, 'candidates.json'),
    JSON.stringify({ baseline: BASELINE, training: TRAINING, candidates: CANDIDATES }),
  );
}

function summary(runs: readonly Finished[], wallSeconds: number, baselineSeconds: number): PeerRun {
  return {
    processes: runs.length,
    wallSeconds,
    baselineSeconds,
    candidateSeconds: Math.max(
      ...runs.map(({ result }) => result.candidates.reduce((sum, row) => sum + row.seconds, 0)),
    ),
    rows: runs.flatMap(({ result }) => result.candidates),
    versions: runs[0]?.result.versions ?? {},
    memory: runs.flatMap(({ memory }) => memory),
  };
}

/** One candidate after another, with all the threads that TensorFlow takes. */
export async function runPeerAlone(python: string, folder: string): Promise<PeerRun> {
  const started = performance.now();
  const finished = await runScript(python, folder, 'alone', []);
  return summary([finished], (performance.now() - started) / 1000, finished.result.baselineSeconds ?? 0);
}

/** The candidates in several processes of one thread each, after one process trained the dense model with all threads. */
export async function runPeerInParallel(python: string, folder: string, processes: number): Promise<PeerRun> {
  const started = performance.now();
  await runScript(python, folder, 'baseline', ['--only', 'baseline']);
  const baselineSeconds = (performance.now() - started) / 1000;
  const shares = Array.from({ length: processes }, (_, i) => [
    '--only',
    'candidates',
    '--threads',
    '1',
    '--share',
    `${i}/${processes}`,
  ]);
  const finished = await Promise.all(shares.map((args, i) => runScript(python, folder, `share-${i}`, args)));
  return summary(finished, (performance.now() - started) / 1000, baselineSeconds);
}
