import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../tools/paths.mjs';
import { memoryTable, seconds, table } from '../measure/print.js';
import { peerPython } from '../peers/environment.js';
import { type BenchCandidate, CANDIDATES, type Precision } from './candidates.js';
import { type OurRun, runOurs } from './ours.js';
import { type PeerRun, runPeerAlone, runPeerInParallel, writePeerPlan } from './peer.js';
import { testAccuracies, writeSharedInputs } from './shared-inputs.js';

const percent = (value: number): string => `${(value * 100).toFixed(2)} %`;
const ratio = (theirs: number, ours: number): string => `${(theirs / ours).toFixed(2)}×`;

/** An own run with the accuracies of its models on the test split. */
interface Tested {
  readonly run: OurRun;
  readonly tests: readonly number[];
}

/** Wall clock of each side; a ratio is how many times longer the peer took than an own run. */
function wallClock(ours: readonly OurRun[], peers: readonly PeerRun[]): string {
  const ratios = (theirs: number, own: (run: OurRun) => number): string[] => ours.map((run) => ratio(theirs, own(run)));
  const head = (what: string): string[] => [what, ...ours.map(({ precision }) => `by ${precision}`)];
  const rows = peers.map((peer) => {
    return [
      peer.processes === 1 ? 'tfmot, one process' : `tfmot, ${peer.processes} processes`,
      ...[seconds(peer.wallSeconds), ...ratios(peer.wallSeconds, (run) => run.wallSeconds)],
      ...[seconds(peer.candidateSeconds), ...ratios(peer.candidateSeconds, (run) => run.candidateSeconds)],
      seconds(peer.baselineSeconds),
    ];
  });
  const none = ours.map(() => '');
  const own = ours.map(({ precision, wallSeconds, candidateSeconds, baselineSeconds }) => [
    ...[`prunefront, ${precision}`, seconds(wallSeconds), ...none, seconds(candidateSeconds), ...none],
    seconds(baselineSeconds),
  ]);
  return table(
    ['', ...head('whole command'), ...head(`${CANDIDATES.length} candidates`), 'dense model'],
    [...own, ...rows],
  );
}

/** A candidate's accuracies on both splits, of one side. */
interface Accuracies {
  readonly side: string;
  of(candidate: BenchCandidate): { readonly validation: number; readonly test: number };
}

const NONE = { validation: Number.NaN, test: Number.NaN };

function accuraciesOf({ run, tests }: Tested): Accuracies {
  return {
    side: run.precision,
    of({ schedule, sparsity }) {
      const i = run.rows.findIndex((row) => row.schedule === schedule && row.sparsity === sparsity);
      const validation = run.rows[i]?.record.observation.validation.accuracy ?? Number.NaN;
      return { validation, test: tests[i] ?? Number.NaN };
    },
  };
}

function accuraciesOfPeer({ processes, rows }: PeerRun): Accuracies {
  return {
    side: `tfmot ×${processes}`,
    of({ schedule, sparsity }) {
      const row = rows.find((each) => each.schedule === schedule && each.sparsity === sparsity);
      return row === undefined ? NONE : { validation: row.validationAccuracy, test: row.testAccuracy };
    },
  };
}

/** Accuracy of each candidate, and the means. */
function accuracies(sides: readonly Accuracies[]): string {
  const head = ['schedule', 'sparsity', ...sides.flatMap(({ side }) => [`${side}: validation`, 'test'])];
  const all = sides.map(({ of }) => CANDIDATES.map(of));
  const rows = CANDIDATES.map(({ schedule, sparsity }, i) => [
    ...[schedule, percent(sparsity)],
    ...all.flatMap((own) => [percent(own[i]?.validation ?? Number.NaN), percent(own[i]?.test ?? Number.NaN)]),
  ]);
  const mean = (values: readonly number[]): string =>
    percent(values.reduce((sum, value) => sum + value, 0) / values.length);
  const means = all.flatMap((own) => [
    mean(own.map(({ validation }) => validation)),
    mean(own.map(({ test }) => test)),
  ]);
  return table(head, [...rows, ['mean', '', ...means]]);
}

function save(ours: readonly Tested[], peers: readonly PeerRun[]): string {
  const folder = join(projectRoot(), '.prunefront', 'bench');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'sweep.json');
  const machine = { cores: availableParallelism(), model: cpus()[0]?.model };
  const runs = ours.map(({ run, tests }) => {
    const { precision, wallSeconds, baselineSeconds, candidateSeconds, memory, versions } = run;
    const rows = run.rows.map(({ schedule, sparsity, record }, i) => ({
      schedule,
      sparsity,
      validationAccuracy: record.observation.validation.accuracy,
      testAccuracy: tests[i],
      reachedSparsity: record.observation.reachedSparsity,
      seconds: record.observation.deviceSeconds,
    }));
    return { precision, wallSeconds, baselineSeconds, candidateSeconds, versions, rows, memory };
  });
  writeFileSync(file, `${JSON.stringify({ machine, ours: runs, peers }, null, 2)}\n`);
  return file;
}

/** An own run in a folder of its own, with what its models reach on the test split. */
async function runTested(folder: string, precision: Precision): Promise<Tested> {
  console.log(`Prunefront: sweep run --local, ${precision} …`);
  const run = await runOurs(join(folder, precision), precision);
  const records = run.rows.map(({ record }) => record);
  return { run, tests: await testAccuracies(run.store, records) };
}

const python = peerPython();
const folder = mkdtempSync(join(tmpdir(), 'prunefront-bench-'));
try {
  console.log(
    `mnistCnn, batch 64, two epochs each, ${CANDIDATES.length} candidates, on ${availableParallelism()} cores of ${cpus()[0]?.model}.`,
  );
  const first = await runTested(folder, 'float32');
  await writeSharedInputs(first.run.store, first.run.baseline, folder);
  writePeerPlan(folder);
  const peers: PeerRun[] = [];
  console.log('Keras 2 with tfmot, one candidate after another …');
  peers.push(await runPeerAlone(python, folder));
  if (availableParallelism() > 1) {
    console.log(`Keras 2 with tfmot, ${availableParallelism()} processes of one thread …`);
    peers.push(await runPeerInParallel(python, folder, availableParallelism()));
  }
  const ours = [first, await runTested(folder, 'bfloat16')];
  const runs = ours.map(({ run }) => run);
  console.log(
    `\nWall clock; a ratio above 1 means that Prunefront was faster. Its whole command has servers, test scores, report and exports in it.`,
  );
  console.log(wallClock(runs, peers));
  console.log('\nAccuracy; all but bfloat16, which trains a dense model of its own, start from the same one:');
  console.log(accuracies([...ours.map(accuraciesOf), ...peers.map(accuraciesOfPeer)]));
  console.log('\nMemory of Prunefront (aim: control processes together under 600 MB, a trainer under 1,000 MB):');
  console.log(memoryTable(first.run.memory));
  console.log('\nMemory of the peers:');
  console.log(memoryTable({ processes: peers.flatMap(({ memory }) => memory) }));
  console.log(`\nAll numbers: ${save(ours, peers)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
