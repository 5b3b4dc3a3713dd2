import { Command } from 'commander';
import { listMethods } from '../../tools/methods.js';
import { print, printJson, terminalColumns } from '../output.js';
import { methodsTable } from '../view/methods-table.js';

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
      for (const kind of new Set(pieces.map((piece) => piece.kind))) {
        const own = pieces.filter((piece) => piece.kind === kind);
        print(methodsTable(kind, own, terminalColumns()));
      }
    });
}
