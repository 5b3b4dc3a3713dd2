import Table from 'cli-table3';
import { Command } from 'commander';
import pc from 'picocolors';
import { listMethods, type RegisteredPiece } from '../../tools/methods.js';
import { print, printJson } from '../output.js';

interface Options {
  readonly plugin?: string;
  readonly json?: boolean;
}

export function methodsCommand(): Command {
  return new Command('methods')
    .description('what a spec can name: criteria, granularities, scopes, schedules and the rest, with their sources')
    .option('--plugin <files>', 'plugins whose pieces are listed, too; separated by commas')
    .option('--json', 'JSON, for programs')
    .addHelpText('after', '\nExample:\n  prunefront methods --plugin examples/plugin/plugin.mjs')
    .action(async ({ plugin, json }: Options) => {
      const pieces = await listMethods(plugin);
      if (json === true) return printJson(pieces);
      for (const kind of new Set(pieces.map((piece) => piece.kind)))
        print(
          tableOf(
            kind,
            pieces.filter((piece) => piece.kind === kind),
          ),
        );
    });
}

function tableOf(kind: string, pieces: readonly RegisteredPiece[]): string {
  const table = new Table({
    head: [pc.bold(kind), '', 'source', 'settings'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, summary, source, settings, plugin } of pieces) {
    const told = Object.entries(settings).map(([key, setting]) =>
      setting.default === undefined ? key : `${key}=${setting.default}`,
    );
    table.push([name, summary, plugin === null ? source : `${source} (plugin ${plugin.slice(0, 8)})`, told.join(' ')]);
  }
  return table.toString();
}
