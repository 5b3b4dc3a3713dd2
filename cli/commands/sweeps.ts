import { Command } from 'commander';
import pc from 'picocolors';
import type { PrunefrontClient } from '../../client/prunefront-client.js';
import { PrunefrontError } from '../../core/errors.js';
import { type ConnectionOptions, withGateway } from '../connection.js';
import { fromHere, writtenWords } from '../deliver.js';
import { follow } from '../follow.js';
import { percent } from '../format.js';
import { onInterrupt } from '../interrupt.js';
import { addConnectionOptions, positiveInteger } from '../options.js';
import { print, printJson } from '../output.js';
import { failureLines, frontTable } from '../view/front-table.js';
import { progressLines } from '../view/progress-lines.js';
import { writeFiles } from '../write-files.js';

type Options = ConnectionOptions & { readonly json?: boolean };

function sweepCommand(name: string, description: string, example: string): Command {
  return addConnectionOptions(new Command(name).description(description))
    .option('--json', 'JSON, for programs')
    .addHelpText('after', `\nExample:\n  prunefront ${example}`);
}

export function listCommand(): Command {
  return sweepCommand('list', 'all sweeps, newest first', 'list --state .prunefront').action((options: Options) =>
    withGateway(options, async (gateway) => {
      const sweeps = await gateway.list();
      if (options.json === true) return printJson(sweeps);
      if (sweeps.length === 0) print('No sweep has been started yet.');
      for (const { sweepId, state, progress, startedAt } of sweeps)
        print(`${sweepId.padEnd(32)} ${state.padEnd(11)} ${percent(progress).padStart(9)}  ${startedAt}`);
    }),
  );
}

export function statusCommand(): Command {
  return sweepCommand('status', 'where a sweep is', 'status demo-1a2b3c4d')
    .argument('<sweep>', 'id, or name where only one sweep has it')
    .action((sweep: string, options: Options) =>
      withGateway(options, async (gateway) => {
        const snapshot = await gateway.status(sweep);
        const { progress, ...rest } = snapshot;
        if (options.json === true) printJson({ ...progress, ...rest });
        else print(progressLines(snapshot, process.stdout.columns || 160).join('\n'));
      }),
    );
}

export function watchCommand(): Command {
  return sweepCommand('watch', 'follow a sweep until it ends; Ctrl-C leaves it running', 'watch demo-1a2b3c4d')
    .argument('<sweep>', 'id or name')
    .action(async (sweep: string, options: Options) => {
      const interrupt = onInterrupt();
      await withGateway(options, (gateway) => follow(gateway, sweep, options.json === true, interrupt.signal));
      interrupt.signal.throwIfAborted();
    });
}

/** pause, resume, cancel. */
export function controlCommand(name: 'pause' | 'resume' | 'cancel', description: string, done: string): Command {
  return sweepCommand(name, description, `${name} demo-1a2b3c4d`)
    .argument('<sweep>', 'id or name')
    .action((sweep: string, options: Options) =>
      withGateway(options, async (gateway) => {
        await gateway.command(name, sweep);
        if (options.json === true) printJson({ sweep, done: name });
        else print(`${sweep}: ${done}`);
      }),
    );
}

export function budgetCommand(): Command {
  return sweepCommand('budget', 'raise the number of candidates of a running sweep', 'budget demo-1a2b3c4d 48')
    .argument('<sweep>', 'id or name')
    .argument('<candidates>', 'the new number', positiveInteger)
    .action((sweep: string, candidates: number, options: Options) =>
      withGateway(options, async (gateway) => {
        const now = await gateway.raiseBudget(sweep, candidates);
        if (options.json === true) printJson({ sweep, candidates: now });
        else print(`${sweep}: ${now} candidates`);
      }),
    );
}

export function frontCommand(): Command {
  return sweepCommand('front', 'the Pareto front of a finished sweep', 'front demo-1a2b3c4d')
    .argument('<sweep>', 'id or name')
    .action((sweep: string, options: Options) =>
      withGateway(options, async (gateway) => {
        const result = await gateway.result(sweep);
        if (options.json === true)
          return printJson({ ...result, rows: result.rows.filter((row) => row.status === 'ok' && row.onFront) });
        for (const line of failureLines(result)) print(line);
        print(frontTable(result));
        print(
          `${pc.bold(result.selection.id === null ? 'Nothing selected' : `Selected ${result.selection.id}`)}: ${result.selection.reason}`,
        );
      }),
    );
}

export function exportCommand(): Command {
  return sweepCommand(
    'export',
    'write a candidate’s tfjs LayersModel, ready to ship',
    'export --sweep demo-1a2b3c4d selected ./model',
  )
    .argument('<candidate>', 'c017, dense, or selected')
    .argument('<folder>', 'where the files go')
    .option('--sweep <sweep>', 'id or name (default: the newest sweep)')
    .action((candidate: string, folder: string, options: Options & { readonly sweep?: string }) =>
      withGateway(options, async (gateway) => {
        const sweep = options.sweep ?? (await newestSweep(gateway));
        const files = await gateway.exportCandidate(sweep, candidate);
        const overwritten = await writeFiles(folder, files);
        if (options.json === true) printJson({ sweep, candidate, folder, files: [...files.keys()], overwritten });
        else print(`${candidate} of ${sweep}: ${writtenWords(files.keys(), folder, overwritten)}`);
      }),
    );
}

async function newestSweep(gateway: PrunefrontClient): Promise<string> {
  const [newest] = await gateway.list();
  if (newest !== undefined) return newest.sweepId;
  throw new PrunefrontError('PRUNEFRONT_SWEEP_NOT_FOUND', 'No sweep has been started yet', {
    hint: 'start one with prunefront sweep run',
  });
}

export function reportCommand(): Command {
  return sweepCommand(
    'report',
    'write report.html and observations.jsonl of a finished sweep',
    'report demo-1a2b3c4d --out ./demo',
  )
    .argument('<sweep>', 'id or name')
    .option('--out <folder>', 'where the files go', '.')
    .action((sweep: string, options: Options & { readonly out: string }) =>
      withGateway(options, async (gateway) => {
        const files = await gateway.report(sweep);
        await writeFiles(options.out, files);
        if (options.json === true) printJson({ sweep, out: options.out, files: [...files.keys()] });
        else print(`${[...files.keys()].join(', ')} in ${fromHere(options.out)}`);
      }),
    );
}
