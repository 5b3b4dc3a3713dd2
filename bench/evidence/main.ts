import { join } from 'node:path';
import { prepareDataset } from '../../core/datasets/prepare.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { projectRoot } from '../../tools/paths.mjs';
import { HELP, type Options, parseOptions } from './options.js';
import { type Outcome, outcomeOf } from './outcomes.js';
import { writePage } from './page.js';
import { resultsOf } from './results.js';
import { runStudy } from './run-study.js';
import { beginningOf, dataOf, runsOf, SEEDS, STUDIED, type StudiedRun } from './study.js';
import { Trainers } from './trainers.js';

function options(): Options {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\nnpm run evidence -- --help says more.`);
    process.exit(2);
  }
}

async function main({ minutes, models, seeds }: Options): Promise<void> {
  const root = projectRoot();
  const folder = join(root, '.prunefront', 'evidence', 'store');
  const store = await openFolderStore(folder);
  const dataSets = new Map<number, string>();
  for (const seed of SEEDS) {
    const { dataset, split } = dataOf(seed);
    dataSets.set(seed, (await prepareDataset(dataset, split, store)).key);
  }
  const all = SEEDS.flatMap((seed) => {
    const runs = STUDIED.flatMap((model) => runsOf(model, seed, beginningOf(model, seed, dataSets.get(seed) ?? '')));
    // All dense models at first, at which no other run has to wait for them.
    return [...runs.filter(({ method }) => method === null), ...runs.filter(({ method }) => method !== null)];
  });
  const isAsked = ({ model, seed }: StudiedRun): boolean => models.includes(model.id) && seeds.includes(seed);
  const before = await outcomes(all);
  const todo = all.filter((run) => isAsked(run) && !before.has(run));
  console.log(`${all.length} runs in the study; ${before.size} are finished, ${todo.length} are to be run.`);

  if (todo.length > 0) {
    const interrupt = new AbortController();
    const onSignal = (): void => (interrupt.signal.aborted ? process.exit(130) : interrupt.abort());
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    const stops = { interrupted: interrupt.signal, late: AbortSignal.timeout(minutes * 60_000) };
    const trainers = new Trainers(folder, stops);
    try {
      const left = await runStudy(todo, store, trainers, stops, console.log);
      if (left > 0) {
        console.log(`${left} runs are left; the same command goes on with them.`);
        process.exitCode = interrupt.signal.aborted ? 130 : 1;
      }
    } finally {
      await trainers.stop();
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    }
    if (interrupt.signal.aborted) return;
  }
  console.log(writePage(resultsOf(all, await outcomes(all)), root));

  async function outcomes(runs: readonly StudiedRun[]): Promise<Map<StudiedRun, Outcome>> {
    const found = new Map<StudiedRun, Outcome>();
    for (const run of runs) {
      const outcome = await outcomeOf(store, run);
      if (outcome !== null) found.set(run, outcome);
    }
    return found;
  }
}

const given = options();
if (given.help) console.log(HELP);
else await main(given);
