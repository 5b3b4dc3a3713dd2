import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { describeError, toErrorData } from '../../core/errors.js';
import { loadPlugins } from '../../core/plugins/load-plugin.js';
import { usageError, wholeNumber } from '../command-line.js';
import { inWords } from '../gpu-node/slots-and-threads.js';
import { onStop } from '../stop-signals.js';
import { subjectOf } from './calibration-subject.js';
import { type LocalStack, startStack } from './stack.js';
import { isAttached } from './stack-file.js';

const LENT_POLL_MS = 300;
const stopped = new AbortController();
let stack: LocalStack | null = null;
let stateFolder = '';

/** Tells the command that started this process. */
function say(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Ends the stack, once no other command uses it. */
async function end(running: LocalStack): Promise<void> {
  if (!running.attached && isAttached(stateFolder)) {
    // Tells the command that started this one that it need not wait.
    say({ lent: true });
    while (isAttached(stateFolder)) await sleep(LENT_POLL_MS);
  }
  await running.stop().finally(() => process.exit(0));
}

process.stdout.on('error', () => undefined);
onStop(() => {
  if (stopped.signal.aborted) return;
  stopped.abort();
  if (stack !== null) void end(stack);
});

/**
 * The embedded stack: Temporal, gateway, orchestrator and a node worker under one supervisor, with all state in one folder.
 * `--state FOLDER [--slots N] [--calibrate-for SPEC] [--checkpoint-every MS] [--trainer-silence MS] [--profile FOLDER] [--plugin FILES]`. Prints one JSON
 * line when it serves, before that one when it calibrates with the model of a spec, and one with what came of it; ends when its standard
 * input does and no other command uses it.
 */
try {
  const { values } = parseArgs({
    options: {
      state: { type: 'string', default: '.prunefront' },
      slots: { type: 'string' },
      'calibrate-for': { type: 'string' },
      'checkpoint-every': { type: 'string', default: '5000' },
      'trainer-silence': { type: 'string' },
      profile: { type: 'string' },
      plugin: { type: 'string' },
    },
  });
  await loadPlugins(values.plugin);
  stateFolder = resolve(values.state);
  stack = await startStack({
    state: stateFolder,
    slots: values.slots === undefined ? null : wholeNumber('--slots', values.slots),
    subject:
      values['calibrate-for'] === undefined
        ? null
        : await subjectOf(values['calibrate-for'], join(stateFolder, 'store')),
    onCalibrating: (calibrating) => say({ calibrating }),
    onDecided: (decided) => {
      if (decided.calibrated !== null) say({ decided: { text: inWords(decided), because: decided.because } });
    },
    checkpointEveryMs: wholeNumber('--checkpoint-every', values['checkpoint-every']),
    trainerSilenceMs:
      values['trainer-silence'] === undefined ? null : wholeNumber('--trainer-silence', values['trainer-silence']),
    profile: values.profile === undefined ? null : resolve(values.profile),
    plugins: values.plugin ?? null,
    signal: stopped.signal,
  });
  const { gateway, page, attached } = stack;
  say({ gateway, page, ...(attached ? { attached } : {}) });
  if (stopped.signal.aborted) await end(stack);
} catch (error) {
  if (stopped.signal.aborted) process.exit(0);
  const data = toErrorData(usageError(error));
  // For the command that started this one; the lines are for a person.
  say({ error: data });
  process.stderr.write(`${describeError(data)}\n`);
  process.exit(data.code === 'PRUNEFRONT_USAGE' ? 2 : 1);
}
