import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../tools/paths.mjs';
import { memoryTable, seconds, table } from '../measure/print.js';
import { peerPython } from '../peers/environment.js';
import { CANDIDATES } from './candidates.js';
import { type OurRun, runOurs } from './ours.js';
import { type PeerRun, runPeerAlone, runPeerInParallel, writePeerPlan } from './peer.js';
import { testAccuracies, writeSharedInputs } from './shared-inputs.js';

const percent = (value: number): string => `${(value * 100).toFixed(2)} %`;
const ratio = (theirs: number, ours: number): string => `${(theirs / ours).toFixed(2)}×`;

/** Wall clock of each side and how many times longer the peer took. */
function wallClock(ours: OurRun, peers: readonly PeerRun[]): string {
  const rows = peers.flatMap((peer) => {
    const name = peer.processes === 1 ? 'tfmot, one process' : `tfmot, ${peer.processes} processes`;
    const candidates = peer.wallSeconds - peer.baselineSeconds;
    return [
      [
        name,
        seconds(peer.wallSeconds),
        ratio(peer.wallSeconds, ours.wallSeconds),
        seconds(peer.baselineSeconds),
        seconds(candidates),
        ratio(candidates, ours.candidateSeconds),
      ],
    ];
  });
  const own = [
    'prunefront, local stack',
    seconds(ours.wallSeconds),
    '',
    seconds(ours.baselineSeconds),
    seconds(ours.candidateSeconds),
    '',
  ];
  return table(
    ['', 'whole command', 'ratio', 'dense model', `${CANDIDATES.length} candidates`, 'ratio'],
    [own, ...rows],
  );
}

/** Accuracy of each candidate on both splits, ours and the peers'. */
function accuracies(ours: OurRun, tests: readonly number[], peers: readonly PeerRun[]): string {
  const head = [
    'schedule',
    'sparsity',
    'prunefront: validation',
    'test',
    ...peers.flatMap(({ processes }) => [`tfmot ×${processes}: validation`, 'test']),
  ];
  const rows = CANDIDATES.map(({ schedule, sparsity }) => {
    const same = (row: { readonly schedule: string; readonly sparsity: number }): boolean =>
      row.schedule === schedule && row.sparsity === sparsity;
    const own = ours.rows.findIndex(same);
    const theirs = peers.flatMap(({ rows: all }) => {
      const row = all.find(same);
      return row === undefined ? ['–', '–'] : [percent(row.validationAccuracy), percent(row.testAccuracy)];
    });
    const row = ours.rows[own];
    return [
      schedule,
      percent(sparsity),
      row === undefined ? '–' : percent(row.record.observation.validation.accuracy),
      percent(tests[own] ?? Number.NaN),
      ...theirs,
    ];
  });
  return table(head, rows);
}

function save(ours: OurRun, tests: readonly number[], peers: readonly PeerRun[]): string {
  const folder = join(projectRoot(), '.prunefront', 'bench');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'sweep.json');
  const { wallSeconds, baselineSeconds, candidateSeconds, memory, versions } = ours;
  const rows = ours.rows.map(({ schedule, sparsity, record }, i) => ({
    schedule,
    sparsity,
    validationAccuracy: record.observation.validation.accuracy,
    testAccuracy: tests[i],
    reachedSparsity: record.observation.reachedSparsity,
    seconds: record.observation.deviceSeconds,
  }));
  const machine = { cores: availableParallelism(), model: cpus()[0]?.model };
  writeFileSync(
    file,
    `${JSON.stringify({ machine, ours: { wallSeconds, baselineSeconds, candidateSeconds, versions, rows, memory }, peers }, null, 2)}\n`,
  );
  return file;
}

const python = peerPython();
const folder = mkdtempSync(join(tmpdir(), 'prunefront-bench-'));
try {
  console.log(
    `mnistCnn, batch 64, two epochs each, ${CANDIDATES.length} candidates, on ${availableParallelism()} cores of ${cpus()[0]?.model}.`,
  );
  console.log('Prunefront: sweep run --local …');
  const ours = await runOurs(folder);
  await writeSharedInputs(ours.store, ours.baseline, folder);
  writePeerPlan(folder);
  const peers: PeerRun[] = [];
  console.log('Keras 2 with tfmot, one candidate after another …');
  peers.push(await runPeerAlone(python, folder));
  if (availableParallelism() > 1) {
    console.log(`Keras 2 with tfmot, ${availableParallelism()} processes of one thread …`);
    peers.push(await runPeerInParallel(python, folder, availableParallelism()));
  }
  const tests = await testAccuracies(
    ours.store,
    ours.rows.map(({ record }) => record),
  );
  console.log(
    `\nWall clock; a ratio above 1 means that Prunefront was faster. Its whole command has servers, test scores, report and exports in it.`,
  );
  console.log(wallClock(ours, peers));
  console.log('\nAccuracy, from the same dense model:');
  console.log(accuracies(ours, tests, peers));
  console.log('\nMemory of Prunefront (aim: control processes together under 600 MB, a trainer under 1,000 MB):');
  console.log(memoryTable(ours.memory));
  console.log('\nMemory of the peers:');
  console.log(memoryTable({ processes: peers.flatMap(({ memory }) => memory) }));
  console.log(`\nAll numbers: ${save(ours, tests, peers)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
