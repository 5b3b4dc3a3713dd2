import { Command } from 'commander';
import { inspectModel } from '../../tools/inspect-model.js';
import { print, printJson } from '../output.js';
import { inspectionLines } from '../view/inspection.js';

export function inspectCommand(): Command {
  return new Command('inspect')
    .description(
      'what of a model can be pruned, with what, and why not the rest; parameters, MACs and bytes of each layer',
    )
    .argument('<model>', 'a name of the zoo, or the path of a model.json or of the folder that has it')
    .option('--plugin <files>', 'plugins whose models can be named, too; separated by commas')
    .option('--json', 'JSON, for programs')
    .addHelpText('after', '\nExamples:\n  prunefront inspect residualCnn\n  prunefront inspect ./model --json')
    .action(async (model: string, { plugin, json }: { readonly plugin?: string; readonly json?: boolean }) => {
      const inspection = await inspectModel(model, plugin);
      if (json === true) return printJson(inspection);
      for (const line of inspectionLines(inspection)) print(line);
    });
}
