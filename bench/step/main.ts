import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { peerPython } from '../peers/environment.js';
import { nvidiaGpu } from './gpu.js';
import { writeInputs } from './inputs.js';
import { type MeasuredCase, measureCase } from './measure-case.js';
import { HELP, type Options, parseOptions } from './options.js';
import { type Placement, placementOf } from './placement.js';
import { caseTable, disagreement, gpuLines, notes, placementLines, ratioTable, settingsLine } from './report.js';
import { ratios } from './results.js';
import { type Place, workerCommand } from './sides.js';

function options(): Options {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\nnpm run bench:step -- --help says more.`);
    process.exit(2);
  }
}

function tell(measured: MeasuredCase, placement: Placement | null | undefined): void {
  const { model, batch, abouts, failures } = measured;
  console.log(`\n${model}, batch ${batch}`);
  console.log(caseTable(measured));
  console.log(settingsLine(measured));
  console.log(notes(abouts, failures));
  const gpu = gpuLines(measured.series);
  if (gpu !== '') console.log(gpu);
  if (placement !== undefined) console.log(placementLines(placement));
  const wrong = disagreement(abouts);
  if (wrong !== '') console.log(wrong);
}

function save(file: string, given: Options, machine: object, cases: readonly MeasuredCase[]): void {
  const results = cases.map(({ abouts, ...rest }) => ({ ...rest, sides: Object.fromEntries(abouts) }));
  const all = { machine, options: given, cases: results, ratios: cases.flatMap(ratios) };
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
}

async function main(given: Options): Promise<void> {
  const gpu = given.gpu ? nvidiaGpu() : null;
  if (given.gpu && gpu === null) {
    console.log('nvidia-smi finds no NVIDIA driver on this machine, so nothing is measured on a GPU.');
    return;
  }
  const place: Place = { device: gpu === null ? 'cpu' : 'gpu', cores: availableParallelism() };
  const machine = { cores: place.cores, model: cpus()[0]?.model, gpu, loadBefore: loadavg()[0] };
  const needsPython = given.sides.some((side) => side !== 'ours' && side !== 'tfjs');
  const python = needsPython ? peerPython(place.device) : 'python3';
  const folder = mkdtempSync(join(tmpdir(), 'prunefront-bench-'));
  try {
    const inputs = join(folder, 'inputs.safetensors');
    const images = await writeInputs(inputs);
    const on = gpu === null ? `${place.cores} cores of ${machine.model}` : gpu;
    console.log(
      `One training step on ${on}: Adam, sparse softmax cross-entropy, ${images} images of MNIST; ${given.repeats} repeats of ${given.seconds} s in turns …`,
    );
    const [load = 0] = loadavg();
    if (load > 0.3 * place.cores) {
      console.log(
        `Other programs keep the machine busy (load ${load.toFixed(1)}), so that times will vary and be too long.`,
      );
    }
    const cases: MeasuredCase[] = [];
    for (const model of given.models) {
      for (const batch of given.batches) {
        const measured = await measureCase({ model, batch }, given, { python, inputs, place });
        cases.push(measured);
        const task = { side: 'ours', model, batch, threads: null } as const;
        const isPlaced = place.device === 'gpu' && given.sides.includes('ours');
        const placement = isPlaced ? placementOf(workerCommand(task, { python, inputs, device: 'gpu' })) : undefined;
        tell(measured, placement);
        // Kept up to date, so that a run that is cut off has told what it knew.
        if (given.json !== null) save(given.json, given, machine, cases);
      }
    }
    const all = cases.flatMap(ratios);
    if (all.length > 0) {
      console.log('\nHow much longer a step takes for the peers; above 1, Prunefront is faster:');
      console.log(ratioTable(all));
    }
    if (given.json !== null) console.log(`\nAll numbers: ${given.json}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const given = options();
if (given.help) console.log(HELP);
else await main(given);
