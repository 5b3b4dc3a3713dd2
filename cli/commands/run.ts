import { Command } from 'commander';
import { addConnectionOptions, priority, weight } from '../options.js';
import { type RunOptions, runSweep } from '../run-sweep.js';

export function runCommand(): Command {
  const command = new Command('run')
    .description('start a sweep, or go on with the one that this spec started before')
    .argument('<spec>', 'YAML or JSON file; see docs/spec.md')
    .option('--out <folder>', 'where report, observations and models go (default: prunefront-out/SWEEP)')
    .option(
      '--priority <1-5>',
      '1 is most urgent, 5 least: stages of a more urgent sweep get free slots first (default: 3)',
      priority,
    )
    .option('--weight <number>', 'share of the slots among sweeps of one priority (default: 1)', weight)
    .option(
      '--device <kind>',
      'kind of device to train on, as prunefront nodes tells it (default: the gateway chooses)',
    )
    .option('--no-calibrate', 'with --local: do not measure which number of trainers and threads is best for the model')
    .option('--profile <folder>', 'where the trainers of --local write traces of what they do; see docs/profiling.md')
    .option('--json', 'one JSON object a line, for programs');
  return addConnectionOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  prunefront sweep run examples/smoke.yaml --local\n  prunefront sweep run sweep.yaml --gateway gateway.example:7400 --json',
    )
    .action((spec: string, options: RunOptions) => runSweep(spec, options));
}
