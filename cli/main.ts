import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { describeError, PrunefrontError, toErrorData } from '../core/errors.js';
import { demoCommand } from './commands/demo.js';
import { doctorCommand } from './commands/doctor.js';
import { inspectCommand } from './commands/inspect.js';
import { methodsCommand } from './commands/methods.js';
import { nodesCommand } from './commands/nodes.js';
import { planCommand } from './commands/plan.js';
import { publishedCommand } from './commands/published.js';
import { runCommand } from './commands/run.js';
import { scheduleCommand } from './commands/schedules.js';
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
import { tokenCommand } from './commands/token.js';
import { EXIT, EXIT_HELP, exitCodeOf, FailedSweep } from './exit-codes.js';
import { Interrupted } from './interrupt.js';
import { endWithReader } from './output.js';
import { typeUsageErrors } from './usage.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const EXAMPLES = `
Examples:
  prunefront demo
  prunefront sweep run examples/smoke.yaml --local
  prunefront status smoke
  prunefront export selected ./model --sweep smoke

Commands on a sweep can be written with sweep before them; run only so.`;

/** They are started by cli/prunefront.mjs, in the process itself. */
const SERVICES = `
Services of a cluster, with their own --help (docs/cluster.md):
  gateway       answers the commands and programs
  orchestrator  runs the workflows of sweeps and nights
  worker        trains on this machine`;

/** The commands on a sweep; they exist under `sweep` and, as people guess, at the top. */
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
    // After a command, --version is that command's.
    .enablePositionalOptions()
    .addHelpText('after', `${SERVICES}\n${EXAMPLES}${EXIT_HELP}`);
  const sweep = new Command('sweep').description('run, plan, watch and control sweeps').addHelpText('after', EXAMPLES);
  sweep.addCommand(runCommand());
  root.addCommand(demoCommand()).addCommand(sweep);
  for (const parent of [sweep, root]) for (const command of sweepCommands()) parent.addCommand(command);
  for (const command of [
    methodsCommand(),
    inspectCommand(),
    nodesCommand(),
    scheduleCommand(),
    publishedCommand(),
    tokenCommand(),
    doctorCommand(),
  ])
    root.addCommand(command);
  typeUsageErrors(root);
  return root;
}

endWithReader();
try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else if (error instanceof Interrupted) process.exitCode = EXIT.interrupted;
  else {
    const hasFailed = error instanceof FailedSweep;
    const data = hasFailed ? error.data : toErrorData(error);
    const json = process.argv.includes('--json');
    process.stderr.write(json ? `${JSON.stringify({ error: data })}\n` : `${pc.red(describeError(data))}\n`);
    if (
      !hasFailed &&
      !(error instanceof PrunefrontError) &&
      error instanceof Error &&
      process.env['PRUNEFRONT_DEBUG'] !== undefined
    )
      process.stderr.write(`${error.stack}\n`);
    process.exitCode = hasFailed ? EXIT.failed : exitCodeOf(data.code);
  }
}
