import { join } from 'node:path';
import pc from 'picocolors';
import type { StartOptions } from '../client/prunefront-client.js';
import { PrunefrontError } from '../core/errors.js';
import type { SweepResult } from '../core/sweep/result.js';
import { type ConnectionOptions, withGateway } from './connection.js';
import { deliver, fromHere } from './deliver.js';
import { EXIT, FailedSweep } from './exit-codes.js';
import { follow } from './follow.js';
import { onInterrupt } from './interrupt.js';
import { print, printJson } from './output.js';
import { readSpec } from './read-spec.js';
import { failureLines, frontTable } from './view/front-table.js';
import { requireWritable } from './write-files.js';

const DEFAULT_OUT = 'prunefront-out';

/** Options of `sweep run`. */
export interface RunOptions extends ConnectionOptions {
  readonly out?: string;
  readonly json?: boolean;
  readonly priority?: number;
  readonly weight?: number;
  readonly device?: string;
  /** `false` where `--no-calibrate` was given. */
  readonly calibrate?: boolean;
}

/** Starts or continues the sweep of a spec, shows it, and delivers what it found. */
export async function runSweep(specFile: string, options: RunOptions): Promise<void> {
  const spec = await readSpec(specFile);
  // Now, not after an hour of training.
  await requireWritable(options.out ?? DEFAULT_OUT);
  const interrupt = onInterrupt();
  const json = options.json === true;
  try {
    const starting = {
      signal: interrupt.signal,
      ...(options.calibrate === false ? {} : { calibrateFor: specFile }),
      ...(json ? {} : { say: print }),
    };
    await withGateway({ ...options, starting }, async (gateway, page) => {
      interrupt.signal.throwIfAborted();
      const { sweepId, started } = await gateway.start(spec, startOptions(options));
      if (json) printJson({ sweepId, started });
      else
        print(
          started
            ? `Sweep ${pc.bold(sweepId)} started.`
            : `Sweep ${pc.bold(sweepId)} was started before; going on with it.`,
        );
      if (!json && page !== null) print(`page  ${page}`);
      const last = await follow(gateway, sweepId, json, interrupt.signal);
      if (interrupt.signal.aborted) {
        if (!json)
          print(
            `\nThe sweep ${sweepId} goes on where it is${options.local === true ? ' when you run the same command again' : ''}.`,
          );
        throw interrupt.signal.reason;
      }
      if (last?.state === 'failed') {
        throw new FailedSweep(last.error ?? { code: 'PRUNEFRONT_INTERNAL', message: `The sweep ${sweepId} failed` });
      }
      const cancelled = last?.state === 'cancelled';
      if (cancelled && last?.baseline === null) {
        throw new PrunefrontError(
          'PRUNEFRONT_SWEEP_STATE',
          `The sweep ${sweepId} was cancelled before anything was measured`,
          {
            hint: 'run the same command again to start it again',
          },
        );
      }
      const result = await gateway.result(sweepId);
      const folder = options.out ?? join(DEFAULT_OUT, sweepId);
      await deliver(gateway, result, folder);
      if (json)
        printJson({
          sweepId,
          state: last?.state,
          selection: result.selection,
          hypervolume: result.hypervolume,
          out: folder,
        });
      else printResult(result, folder);
      const anyOk = result.rows.some(({ candidate, status }) => candidate !== null && status === 'ok');
      // What had finished is delivered, but it is not what was asked for.
      if (cancelled || !anyOk) process.exitCode = EXIT.failed;
    });
  } finally {
    interrupt.done();
  }
}

function startOptions({ priority, weight, device }: RunOptions): StartOptions {
  return {
    ...(priority === undefined ? {} : { priority }),
    ...(weight === undefined ? {} : { weight }),
    ...(device === undefined ? {} : { device }),
  };
}

/** The end of a sweep for a person: the front, the pick and why, and where things are. */
function printResult(result: SweepResult, folder: string): void {
  print('');
  for (const line of failureLines(result)) print(line);
  print(frontTable(result));
  print('');
  print(
    `${pc.bold(result.selection.id === null ? 'Nothing selected' : `Selected ${result.selection.id}`)}: ${result.selection.reason}`,
  );
  print(
    pc.dim(
      'Latency is of batch 1, measured while the other slots trained. Zeros alone make nothing faster: only removed units lower MACs and latency.',
    ),
  );
  print('');
  print(`report        ${fromHere(join(folder, 'report.html'))}`);
  print(`observations  ${fromHere(join(folder, 'observations.jsonl'))}`);
  print(`models        ${fromHere(join(folder, 'models'))}/ (one folder for each member of the front)`);
}
