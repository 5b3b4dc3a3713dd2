import { parseArgs } from 'node:util';
import { ZOO_NAMES } from '../../core/models/zoo/index.js';
import { wholeNumber } from '../../workers/command-line.js';
import { megabytes, table } from '../measure/print.js';
import { type MemoryRun, runModel } from './run-model.js';
import { SHAPES } from './stages.js';

const HELP = `What a trainer holds after 1, 20, 100 and 500 stages, and how soon it starts one.

A real trainer process for each model of the zoo runs short real stages through its gRPC service: weights are masked to ever other sparsities with
ever other seeds, so that nothing is in the store already, and every third stage removes filters, neurons or recurrent units.

TensorFlow keeps oneDNN's primitives for each shape that it ever saw, up to 1024 of a kind and thread, which nothing can set: memory stays as it is
where shapes come again, as in a grid, and grows while there are new ones. --trainer-memory of a worker bounds it.

  npm run bench:memory -- [options]

  --shapes S          grid: three sparsities for each kind of unit; new: another sparsity each time; one: weights alone
                      are masked (default: grid)
  --stages N          stages of each model (default: 500)
  --models A,B        models of the zoo (default: all)
  --program-memory MB of the trainer (default: 64). It is full before stage 20, so that what grows after that is none of it;
                      with more, memory grows until the programs of as many shapes are kept
  --profile FOLDER    where the trainers write traces of what they do
  --json              one JSON object a model
  --help              this text
`;

/** Growth from stage 20 to the last that counts as none. */
const WANTED_GROWTH = 1.1;
const WANTED_WARM_MS = 100;

const { values } = parseArgs({
  options: {
    stages: { type: 'string', default: '500' },
    models: { type: 'string', default: ZOO_NAMES.join(',') },
    'program-memory': { type: 'string', default: '64' },
    profile: { type: 'string' },
    shapes: { type: 'string', default: 'grid' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** What was measured of a model, as one row. */
function rowOf({ model, samples, growth, coldMs, warmMs, compilations }: MemoryRun): readonly string[] {
  const held = samples.map(({ stages, rss, pss }) => `${stages}: ${megabytes(rss)} (${megabytes(pss)})`);
  const last = samples.at(-1);
  const kept = `${last?.programs ?? 0} (${megabytes(last?.programBytes ?? 0)})`;
  const ratio = Number.isNaN(growth) ? '–' : growth.toFixed(3);
  return [
    model,
    held.join('\n'),
    ratio,
    kept,
    String(compilations),
    `${coldMs.toFixed(0)} ms`,
    `${warmMs.toFixed(0)} ms`,
  ];
}

if (values.help) process.stdout.write(HELP);
else {
  const stages = wholeNumber('--stages', values.stages);
  const shapes = SHAPES.find((each) => each === values.shapes);
  if (shapes === undefined) throw new Error(`--shapes is '${values.shapes}'; allowed: ${SHAPES.join(', ')}`);
  const runs: MemoryRun[] = [];
  for (const model of values.models.split(',')) {
    const { 'program-memory': programMemory, profile } = values;
    const run = await runModel(model, stages, { programMemory, shapes, profile });
    runs.push(run);
    if (values.json) console.log(JSON.stringify(run));
    else console.error(`${model}: ${run.seconds.toFixed(0)} s`);
  }
  if (!values.json) {
    const head = [
      ...['model', 'stages: RSS (PSS)', 'growth from 20 on', 'programs kept', 'compiled', 'first step cold', 'warm'],
    ];
    console.log(table(head, runs.map(rowOf)));
    const rises = runs.map(({ growth }) => growth).filter((growth) => !Number.isNaN(growth));
    console.log(`Largest growth: ${Math.max(...rises).toFixed(3)} (wanted: at most ${WANTED_GROWTH.toFixed(2)})`);
    const warm = Math.max(...runs.map(({ warmMs }) => warmMs));
    console.log(
      `From a request to its first step when warm, in the median: at most ${warm.toFixed(0)} ms (wanted: under ${WANTED_WARM_MS} ms)`,
    );
  }
}
