import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { describeError, PrunefrontError, toErrorData } from '../core/errors.js';
import { demoCommand } from './commands/demo.js';
import { doctorCommand } from './commands/doctor.js';
import { planCommand } from './commands/plan.js';
import { runCommand } from './commands/run.js';
import {
  budgetCommand,
  controlCommand,
  exportCommand,
  frontCommand,
  listCommand,
  reportCommand,
  statusCommand,
  watchCommand,
} from './commands/sweeps.js';
import { EXIT, EXIT_HELP, exitCodeOf } from './exit-codes.js';
import { Interrupted } from './interrupt.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** The commands on a sweep; they exist under `sweep` and at the top. */
function sweepCommands(): Command[] {
  return [
    planCommand(),
    statusCommand(),
    watchCommand(),
    listCommand(),
    controlCommand('pause', 'start no new stage; running ones end', 'paused'),
    controlCommand('resume', 'go on after pause', 'goes on'),
    controlCommand('cancel', 'stop running stages and publish what has finished', 'cancelled'),
    budgetCommand(),
    frontCommand(),
    exportCommand(),
    reportCommand(),
  ];
}

function program(): Command {
  const root = new Command('prunefront')
    .description('finds the best ways to make a trained neural network smaller and faster')
    .version(version)
    .addHelpText('after', EXIT_HELP)
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(text) });
  const sweep = new Command('sweep').description('run, plan, watch and control sweeps');
  sweep.addCommand(runCommand());
  for (const command of sweepCommands()) sweep.addCommand(command);
  root.addCommand(demoCommand()).addCommand(sweep);
  for (const command of sweepCommands()) root.addCommand(command);
  root.addCommand(doctorCommand());
  for (const command of everyCommand(root)) command.exitOverride().showHelpAfterError('(add --help for usage)');
  return root;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else if (error instanceof Interrupted) process.exitCode = EXIT.interrupted;
  else {
    const data = toErrorData(error);
    const json = process.argv.includes('--json');
    process.stderr.write(json ? `${JSON.stringify({ error: data })}\n` : `${pc.red(describeError(data))}\n`);
    if (!(error instanceof PrunefrontError) && error instanceof Error && process.env['PRUNEFRONT_DEBUG'] !== undefined)
      process.stderr.write(`${error.stack}\n`);
    process.exitCode = exitCodeOf(data.code);
  }
}
