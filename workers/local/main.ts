import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { describeError, toErrorData } from '../../core/errors.js';
import { usageError, wholeNumber } from '../command-line.js';
import { onStop } from '../stop-signals.js';
import { type LocalStack, startStack } from './stack.js';
import { isAttached } from './stack-file.js';

const LENT_POLL_MS = 300;
const stopped = new AbortController();
let stack: LocalStack | null = null;
let stateFolder = '';

/** Ends the stack, once no other command uses it. */
async function end(running: LocalStack): Promise<void> {
  if (!running.attached && isAttached(stateFolder)) {
    // Tells the command that started this one that it need not wait.
    process.stdout.write(`${JSON.stringify({ lent: true })}\n`);
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
 * `--state FOLDER [--slots N] [--checkpoint-every MS] [--trainer-silence MS] [--profile FOLDER]`. Prints one JSON line when it serves;
 * ends when its standard input does and no other command uses it.
 */
try {
  const { values } = parseArgs({
    options: {
      state: { type: 'string', default: '.prunefront' },
      slots: { type: 'string' },
      'checkpoint-every': { type: 'string', default: '5000' },
      'trainer-silence': { type: 'string', default: '20000' },
      profile: { type: 'string' },
    },
  });
  stateFolder = resolve(values.state);
  stack = await startStack({
    state: stateFolder,
    slots: values.slots === undefined ? null : wholeNumber('--slots', values.slots),
    checkpointEveryMs: wholeNumber('--checkpoint-every', values['checkpoint-every']),
    trainerSilenceMs: wholeNumber('--trainer-silence', values['trainer-silence']),
    profile: values.profile === undefined ? null : resolve(values.profile),
    signal: stopped.signal,
  });
  const { gateway, page, attached } = stack;
  process.stdout.write(`${JSON.stringify({ gateway, page, ...(attached ? { attached } : {}) })}\n`);
  if (stopped.signal.aborted) await end(stack);
} catch (error) {
  if (stopped.signal.aborted) process.exit(0);
  const data = toErrorData(usageError(error));
  // For the command that started this one; the lines are for a person.
  process.stdout.write(`${JSON.stringify({ error: data })}\n`);
  process.stderr.write(`${describeError(data)}\n`);
  process.exit(data.code === 'PRUNEFRONT_USAGE' ? 2 : 1);
}
