import { Command } from 'commander';
import pc from 'picocolors';
import { type Diagnosis, diagnose } from '../../tools/doctor.js';
import { calibrateHere, calibratingLine, calibrationLines } from '../calibration.js';
import { DEFAULT_STATE } from '../connection.js';
import { EXIT } from '../exit-codes.js';
import { positiveInteger } from '../options.js';
import { print, printJson } from '../output.js';

const DEFAULT_MODEL = 'mnistCnn';

interface Options {
  readonly store: string;
  readonly json?: boolean;
  readonly calibrate?: string | true;
  readonly batch: number;
  readonly seconds?: number;
  readonly fresh?: boolean;
  readonly keep?: boolean;
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('what this machine has, and the remedy for what it lacks')
    .option('--store <folder>', 'the artifact store to check', `${DEFAULT_STATE}/store`)
    .option(
      '--calibrate [model]',
      `measure how many trainers of how many threads train most images a second of a model of the zoo, or of a model.json (default: ${DEFAULT_MODEL})`,
    )
    .option('--batch <number>', 'examples in a batch, for --calibrate', positiveInteger, 64)
    .option('--seconds <number>', 'seconds that --calibrate takes in all (default: 28)', positiveInteger)
    .option('--fresh', 'calibrate even where it was done before')
    .option('--keep', 'keep what --calibrate measured even where others kept this machine busy')
    .option('--json', 'JSON, for programs')
    .addHelpText(
      'after',
      '\nExamples:\n  prunefront doctor --json\n  prunefront doctor --calibrate mnistCnn --batch 128\n\nWith --calibrate nothing else is looked at.',
    )
    .action((options: Options) => (options.calibrate === undefined ? diagnoseHere(options) : calibrate(options)));
}

async function diagnoseHere({ store, json }: Options): Promise<void> {
  const found = await diagnose({ store });
  if (json === true) printJson(found);
  else for (const line of found.flatMap(lines)) print(line);
  if (found.some(({ state }) => state === 'problem')) process.exitCode = EXIT.failed;
}

async function calibrate(options: Options): Promise<void> {
  const model = typeof options.calibrate === 'string' ? options.calibrate : DEFAULT_MODEL;
  const isJson = options.json === true;
  const found = await calibrateHere(model, options, (about) => {
    if (!isJson) print(calibratingLine(about));
  });
  if (isJson) printJson(found);
  else for (const line of calibrationLines(found)) print(line);
  if (!found.plans.some(({ isChosen }) => isChosen)) process.exitCode = EXIT.failed;
}

function lines({ name, state, found, remedy }: Diagnosis): string[] {
  const mark = state === 'ok' ? pc.green('✓') : state === 'warning' ? pc.yellow('!') : pc.red('✗');
  return [
    `${mark} ${name.padEnd(15)} ${found}`,
    ...(remedy === undefined ? [] : [`  ${''.padEnd(15)} ${pc.dim(remedy)}`]),
  ];
}
