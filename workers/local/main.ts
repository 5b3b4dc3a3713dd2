import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeError, toErrorData } from '../../core/errors.js';
import { usageError, wholeNumber } from '../command-line.js';
import { onStop } from '../stop-signals.js';
import { type LocalStack, startStack } from './stack.js';

/**
 * The embedded stack: Temporal, gateway, orchestrator and a node worker under one supervisor, with all state in one folder.
 * `--state FOLDER [--slots N] [--checkpoint-every MS] [--trainer-silence MS]`. Prints one JSON line when it serves; ends when its standard input does.
 */
const stopped = new AbortController();
let stack: LocalStack | null = null;
onStop(() => {
  if (stopped.signal.aborted) return;
  stopped.abort();
  void stack?.stop().finally(() => process.exit(0));
});

try {
  const { values } = parseArgs({
    options: {
      state: { type: 'string', default: '.prunefront' },
      slots: { type: 'string' },
      'checkpoint-every': { type: 'string', default: '5000' },
      'trainer-silence': { type: 'string', default: '20000' },
    },
  });
  stack = await startStack({
    state: resolve(values.state),
    slots: values.slots === undefined ? null : wholeNumber('--slots', values.slots),
    checkpointEveryMs: wholeNumber('--checkpoint-every', values['checkpoint-every']),
    trainerSilenceMs: wholeNumber('--trainer-silence', values['trainer-silence']),
    signal: stopped.signal,
  });
  const { gateway, attached } = stack;
  process.stdout.write(`${JSON.stringify({ gateway, ...(attached ? { attached } : {}) })}\n`);
  if (stopped.signal.aborted) await stack.stop().finally(() => process.exit(0));
} catch (error) {
  if (stopped.signal.aborted) process.exit(0);
  const data = toErrorData(usageError(error));
  // For the command that started this one; the lines are for a person.
  process.stdout.write(`${JSON.stringify({ error: data })}\n`);
  process.stderr.write(`${describeError(data)}\n`);
  process.exit(data.code === 'PRUNEFRONT_USAGE' ? 2 : 1);
}
