import { Command } from 'commander';
import pc from 'picocolors';
import { type Diagnosis, diagnose } from '../../tools/doctor.js';
import { DEFAULT_STATE } from '../connection.js';
import { EXIT } from '../exit-codes.js';
import { print, printJson } from '../output.js';

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('what this machine has, and the remedy for what it lacks')
    .option('--store <folder>', 'the artifact store to check', `${DEFAULT_STATE}/store`)
    .option('--json', 'JSON, for programs')
    .addHelpText('after', '\nExample:\n  prunefront doctor --json')
    .action(async ({ store, json }: { store: string; json?: boolean }) => {
      const found = await diagnose({ store });
      if (json === true) printJson(found);
      else for (const line of found.flatMap(lines)) print(line);
      if (found.some(({ state }) => state === 'problem')) process.exitCode = EXIT.failed;
    });
}

function lines({ name, state, found, remedy }: Diagnosis): string[] {
  const mark = state === 'ok' ? pc.green('✓') : state === 'warning' ? pc.yellow('!') : pc.red('✗');
  return [
    `${mark} ${name.padEnd(15)} ${found}`,
    ...(remedy === undefined ? [] : [`  ${''.padEnd(15)} ${pc.dim(remedy)}`]),
  ];
}
