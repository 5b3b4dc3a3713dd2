import { Command } from 'commander';
import pc from 'picocolors';
import { PrunefrontError } from '../../core/errors.js';
import { type ConnectionOptions, withGateway } from '../connection.js';
import { addConnectionOptions } from '../options.js';
import { print, printJson } from '../output.js';
import { readSpec } from '../read-spec.js';
import { nightsTable, outcomeWord, schedulesTable, time } from '../view/nights-table.js';

type Options = ConnectionOptions & { readonly json?: boolean };
interface CreateOptions extends Options {
  readonly cron: string;
  readonly timeZone: string;
}
interface BackfillOptions extends Options {
  readonly from: string;
  readonly to: string;
}

/** `prunefront schedule …`: compression every night. */
export function scheduleCommand(): Command {
  const schedule = new Command('schedule')
    .description('compress a model every night')
    .addHelpText('after', '\nExample:\n  prunefront schedule create nightly --cron "0 2 * * *" examples/nightly.yaml');
  for (const command of [
    createCommand(),
    listCommand(),
    showCommand(),
    controlCommand('pause', 'start no nights until resume', 'paused'),
    controlCommand('resume', 'go on after pause', 'goes on'),
    controlCommand('run-now', 'start a night now; skipped where one runs', 'a night was asked for'),
    backfillCommand(),
    controlCommand('delete', 'delete a schedule; what it published stays', 'deleted'),
  ])
    schedule.addCommand(command);
  return schedule;
}

function subcommand(name: string, description: string, example: string): Command {
  return addConnectionOptions(new Command(name).description(description))
    .option('--json', 'JSON, for programs')
    .addHelpText('after', `\nExample:\n  prunefront schedule ${example}`);
}

function createCommand(): Command {
  return subcommand(
    'create',
    'make a schedule that runs the nights of a spec',
    'create nightly --cron "0 2 * * *" --time-zone Europe/Berlin examples/nightly.yaml',
  )
    .argument('<name>', 'its name')
    .argument('<spec>', 'YAML or JSON file with a nightly section; see docs/nightly.md')
    .requiredOption('--cron <cron>', 'minute, hour, day of month, month, day of week')
    .option('--time-zone <zone>', 'IANA name of the time zone of the cron', 'UTC')
    .action(async (name: string, file: string, options: CreateOptions) => {
      const spec = await readSpec(file);
      await withGateway(options, async ({ schedules }) => {
        const made = await namingOptions(() =>
          schedules.create({ name, cron: options.cron, timeZone: options.timeZone, spec }),
        );
        if (options.json === true) return printJson(made);
        print(
          `Schedule ${pc.bold(name)} publishes as ${made.publication}. Its first night starts ${time(made.nextAt)}.`,
        );
      });
    });
}

function listCommand(): Command {
  return subcommand('list', 'all schedules', 'list').action((options: Options) =>
    withGateway(options, async (gateway) => {
      const schedules = await gateway.schedules.list();
      if (options.json === true) return printJson(schedules);
      print(schedules.length === 0 ? 'No schedule has been made yet.' : schedulesTable(schedules));
    }),
  );
}

function showCommand(): Command {
  return subcommand('show', 'a schedule with its nights', 'show nightly')
    .argument('<name>', 'its name')
    .action((name: string, options: Options) =>
      withGateway(options, async ({ schedules }) => {
        const schedule = await schedules.get(name);
        if (options.json === true) return printJson(schedule);
        print(schedulesTable([schedule]));
        const [last] = schedule.nights;
        if (last === undefined) return print('No night has been run yet.');
        print(nightsTable(schedule.nights));
        if (last.reason !== '') print(`${outcomeWord(last)}: ${last.reason}`);
        const { comparison, notifications = [] } = last.record ?? {};
        if (comparison !== null && comparison !== undefined) {
          const { hypervolume, gained, lost, stayed } = comparison;
          print(
            `front: hypervolume ${hypervolume.tonight.toFixed(4)}, of the night before ${hypervolume.before.toFixed(4)}; ${gained.length} gained, ${lost.length} lost, ${stayed} stayed`,
          );
        }
        for (const { target, error } of notifications)
          if (error !== null) print(pc.red(`${target}: ${error.code} ${error.message}`));
      }),
    );
}

function controlCommand(name: 'pause' | 'resume' | 'run-now' | 'delete', description: string, done: string): Command {
  return subcommand(name, description, `${name} nightly`)
    .argument('<name>', 'its name')
    .action((schedule: string, options: Options) =>
      withGateway(options, async ({ schedules }) => {
        const { skipped } = await schedules.command(name, schedule);
        if (options.json === true) return printJson({ schedule, done: name, ...(skipped ? { skipped } : {}) });
        print(`${schedule}: ${skipped ? 'a night runs already; this one is skipped' : done}`);
        if (name === 'run-now') print(`see prunefront schedule show ${schedule}`);
      }),
    );
}

function backfillCommand(): Command {
  return subcommand(
    'backfill',
    'run the nights that were due in a time that has gone by, one after the other',
    'backfill nightly --from 2026-11-01T00:00:00Z --to 2026-11-07T23:59:00Z',
  )
    .argument('<name>', 'its name')
    .requiredOption('--from <time>', 'start, RFC 3339, inclusive')
    .requiredOption('--to <time>', 'end, RFC 3339, inclusive')
    .action((name: string, options: BackfillOptions) =>
      withGateway(options, async ({ schedules }) => {
        const nights = await namingOptions(() => schedules.backfill(name, options.from, options.to));
        if (options.json === true) printJson({ schedule: name, nights });
        else print(`${name}: ${nights} night${nights === 1 ? '' : 's'} asked for`);
      }),
    );
}

/** Fields of the requests by the options that they come from. */
const OPTION_OF: Readonly<Record<string, string>> = {
  cron: '--cron',
  'time zone': '--time-zone',
  from: '--from',
  to: '--to',
};

/** Calls the gateway; an error about a field of the request then names the option that was typed. */
async function namingOptions<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const option = error instanceof PrunefrontError ? OPTION_OF[error.facts.place ?? ''] : undefined;
    if (!(error instanceof PrunefrontError) || option === undefined) throw error;
    throw new PrunefrontError(error.code, error.message, { ...error.facts, place: option }, { cause: error });
  }
}
