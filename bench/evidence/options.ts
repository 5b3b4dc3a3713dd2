import { parseArgs } from 'node:util';
import { SEEDS, STUDIED } from './study.js';

/** What the command line asks for. */
export interface Options {
  readonly minutes: number;
  /** Ids of the networks. */
  readonly models: readonly string[];
  readonly seeds: readonly number[];
  readonly help: boolean;
}

const ALL_MODELS = STUDIED.map(({ id }) => id);

/** What `--help` prints. */
export const HELP = `Runs the study of the known orderings of pruning methods and writes docs/evidence.md with its plots.

  npm run evidence -- [options]

What is finished lies in .prunefront/evidence and is not run again, so that a run can be stopped and gone on with. The page shows the
seeds that are whole.

Options:
  --minutes N      starts no more training after so many minutes and says what is left (default: 30)
  --models LIST    networks, separated by commas (default: ${ALL_MODELS.join(',')})
  --seeds LIST     seeds (default: ${SEEDS.join(',')})
  --help           this text`;

/**
 * Reads the command line.
 * @throws Error that says what is allowed
 */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '30' },
      models: { type: 'string' },
      seeds: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const minutes = Number(values.minutes);
  if (!(minutes >= 0 && minutes <= 10_000)) throw new Error(`--minutes is '${values.minutes}'; allowed: 0 to 10000`);
  return {
    minutes,
    models: listed(values.models, ALL_MODELS, '--models'),
    seeds: listed(values.seeds, SEEDS.map(String), '--seeds').map(Number),
    help: values.help,
  };
}

function listed(text: string | undefined, all: readonly string[], option: string): readonly string[] {
  const names = text?.split(',').map((part) => part.trim()) ?? all;
  const wrong = names.find((name) => !all.includes(name));
  if (wrong !== undefined) throw new Error(`${option} has '${wrong}'; allowed: ${all.join(', ')}`);
  return all.filter((name) => names.includes(name));
}
