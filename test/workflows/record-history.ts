import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot, temporalExecutable } from '../../tools/paths.mjs';
import { cancelUpdate, pauseUpdate, raiseBudgetUpdate, resumeUpdate } from '../../workflows/messages.js';
import { type NightHandle, nightSpec, savedNightModel, startNight } from '../support/paper-nights.js';
import { Gate } from '../support/paper-slots.js';
import { PaperSweeps, paperSpec, progressWhen, type SweepHandle, until } from '../support/paper-sweeps.js';

/**
 * Records histories of finished sweeps for `replay.test.ts`: `node dist/test/workflows/record-history.js NAME`, after a release that
 * changed what workflows do. It writes `test/workflows/histories/NAME-*.json`; the older files stay, because such sweeps may still run.
 */
const name = process.argv[2];
if (name === undefined) {
  process.stderr.write('usage: node dist/test/workflows/record-history.js NAME\n');
  process.exit(2);
}

const sweeps = await PaperSweeps.open(['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=70']);

/** A reviver: a stack has the paths of the machine that recorded it, and no workflow reads it. */
const withoutStack = (key: string, value: unknown): unknown => (key === 'stackTrace' ? '' : value);

async function record(what: string, handle: SweepHandle | NightHandle): Promise<void> {
  await handle.result().catch(() => undefined);
  let run = 0;
  for await (const { runId } of sweeps.env.client.workflow.list({ query: `WorkflowId = '${handle.workflowId}'` })) {
    const which = ['--workflow-id', handle.workflowId, '--run-id', runId, '--address', sweeps.env.address];
    const shown = execFileSync(temporalExecutable(), ['workflow', 'show', '--output', 'json', ...which]);
    const file = join(projectRoot(), 'test', 'workflows', 'histories', `${name}-${what}-${++run}.json`);
    writeFileSync(file, `${JSON.stringify(JSON.parse(shown.toString(), withoutStack))}\n`);
    process.stdout.write(`${file}\n`);
  }
}

const iterative = { iterative: { rounds: 2, rewind: 'none', epochsPerRound: 1 } } as const;
const fineTune = (learningRate: number) => ({
  iterative: { ...iterative.iterative, fineTune: { epochs: 1, learningRate } },
});

sweeps.slots.behave = async ({ operation }) =>
  operation.kind === 'prune' && operation.sparsity === 0.3
    ? { kind: 'failed', error: { code: 'PRUNEFRONT_DIVERGED', message: 'NaN' } }
    : null;
const shared = paperSpec('shared', [0.1, 0.2, 0.3]);
const space = { ...shared.space, schedule: ['oneShot' as const, fineTune(0.1), fineTune(0.2)] };
await record('shared', await sweeps.start({ ...shared, space }));

const long = paperSpec(
  'long',
  Array.from({ length: 25 }, (_, i) => 0.5 + i / 100),
);
await record('long', await sweeps.start(long));

const gate = new Gate();
let first: string | null = null;
sweeps.slots.behave = async ({ key, operation }, signal) => {
  if (operation.kind !== 'prune') return null;
  first ??= key;
  return key === first ? null : gate.pass(signal);
};
const budget = { candidates: 3, wallClockMs: 3_600_000 };
const messages = await sweeps.start(paperSpec('messages', [0.91, 0.92, 0.93, 0.94, 0.95], { budget }));
await until(() => gate.waiting === 2);
await messages.executeUpdate(pauseUpdate);
await messages.executeUpdate(raiseBudgetUpdate, { args: [5] });
await messages.executeUpdate(resumeUpdate);
await progressWhen(messages, ({ candidates }) => candidates.ok === 1);
await messages.executeUpdate(cancelUpdate);
await record('messages', messages);

// A night that publishes, one that compares and tells others, one without anything new, and one that fails.
sweeps.slots.behave = async () => null;
const models = mkdtempSync(join(tmpdir(), 'prunefront-test-'));
const nights = nightSpec('nights', models, { command: ['true'] });
for (const [i, what] of ['first-night', 'second-night', 'unchanged-night'].entries()) {
  if (what !== 'unchanged-night') await savedNightModel(models, i);
  await record(what, await startNight(sweeps, nights, i));
}
rmSync(models, { recursive: true });
await record('failed-night', await startNight(sweeps, nights, 3));

sweeps.slots.behave = async () => ({ kind: 'failed', error: { code: 'PRUNEFRONT_OUT_OF_MEMORY', message: 'OOM' } });
const failing = paperSpec('failing', [0.5]);
await record('failing', await sweeps.start({ ...failing, baseline: { ...failing.baseline, seed: 7 } }));

await sweeps.close();
