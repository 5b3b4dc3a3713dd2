import { Command } from 'commander';
import { type ConnectionOptions, withGateway } from '../connection.js';
import { writtenWords } from '../deliver.js';
import { addConnectionOptions, positiveInteger } from '../options.js';
import { print, printJson } from '../output.js';
import { publicationsTable, versionsTable } from '../view/nights-table.js';
import { writeFiles } from '../write-files.js';

type Options = ConnectionOptions & { readonly json?: boolean };
type VersionOptions = Options & { readonly version?: number };

/** `prunefront published …`: what nights published; alone it lists all. */
export function publishedCommand(): Command {
  const published = subcommand(
    'published',
    'what nights have published; without a command, a list of it',
    'published\n  prunefront published show digits',
  ).action((options: Options) =>
    withGateway(options, async ({ schedules }) => {
      const publications = await schedules.publications();
      if (options.json === true) return printJson(publications);
      print(publications.length === 0 ? 'Nothing has been published yet.' : publicationsTable(publications));
    }),
  );
  for (const command of [showCommand(), rollbackCommand(), exportCommand()]) published.addCommand(command);
  return published;
}

function subcommand(name: string, description: string, example: string): Command {
  return addConnectionOptions(new Command(name).description(description))
    .option('--json', 'JSON, for programs')
    .addHelpText('after', `\nExample:\n  prunefront ${example}`);
}

function showCommand(): Command {
  return subcommand('show', 'a publication with its versions', 'published show digits')
    .argument('<name>', 'its name')
    .action((name: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      return withGateway(options, async ({ schedules }) => {
        const publication = await schedules.publication(name);
        if (options.json === true) printJson(publication);
        else print(versionsTable(publication));
      });
    });
}

function rollbackCommand(): Command {
  return subcommand('rollback', 'make an earlier version the current one', 'published rollback digits --version 3')
    .argument('<name>', 'its name')
    .option('--version <number>', 'the version (default: the one before the current one)', positiveInteger)
    .action((name: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<VersionOptions>();
      return withGateway(options, async ({ schedules }) => {
        const publication = await schedules.rollBack(name, options.version);
        if (options.json === true) printJson(publication);
        else print(`${name}: version ${publication.current} is current`);
      });
    });
}

function exportCommand(): Command {
  return subcommand('export', 'write a published model, ready to ship', 'published export digits ./model')
    .argument('<name>', 'its name')
    .argument('<folder>', 'where the files go')
    .option('--version <number>', 'the version (default: the current one)', positiveInteger)
    .action((name: string, folder: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<VersionOptions>();
      return withGateway(options, async ({ schedules }) => {
        const files = await schedules.exportPublished(name, options.version);
        const overwritten = await writeFiles(folder, files);
        if (options.json === true) printJson({ name, folder, files: [...files.keys()], overwritten });
        else print(`${name}: ${writtenWords(files.keys(), folder, overwritten)}`);
      });
    });
}
