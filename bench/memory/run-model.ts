import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDataset } from '../../core/datasets/prepare.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { memoryOf } from '../measure/process-memory.js';
import { median } from '../measure/statistics.js';
import { BenchTrainer, type BenchTrainerOptions } from './bench-trainer.js';
import { denseStage, prunedStage } from './stages.js';

/** Numbers of stages after which the memory is read. */
const LOOKS = [1, 20, 100, 500];
/** From where on it should not grow. */
const SETTLED = 20;

/** What a trainer held after a number of stages, in bytes. */
export interface MemorySample {
  readonly stages: number;
  readonly rss: number;
  readonly pss: number;
  readonly programs: number;
  readonly programBytes: number;
}

/** What was measured of a model. */
export interface MemoryRun {
  readonly model: string;
  readonly samples: readonly MemorySample[];
  /** Resident memory after the last stage by that after 20; NaN where there were fewer. */
  readonly growth: number;
  /** Milliseconds from the request of the first stage, which compiles, to its first steps. */
  readonly coldMs: number;
  /** Median over the stages that compiled nothing. */
  readonly warmMs: number;
  readonly compilations: number;
  /** Wall clock of all stages. */
  readonly seconds: number;
}

/** Runs stages of a model on a trainer of its own. */
export async function runModel(model: string, stages: number, options: BenchTrainerOptions): Promise<MemoryRun> {
  const folder = mkdtempSync(join(tmpdir(), 'pf-memory-'));
  try {
    const store = await openFolderStore(join(folder, 'store'));
    // Few examples to train on, so that a stage is short; all of them are on the device.
    const split = { validation: 0.05, test: 0.9, seed: 1 };
    const { key } = await prepareDataset({ builtin: 'mnist' }, split, store);
    const trainer = await BenchTrainer.start(folder, options);
    try {
      return await measure(trainer, model, stages, key);
    } finally {
      await trainer.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(trainer: BenchTrainer, model: string, stages: number, dataset: string): Promise<MemoryRun> {
  const started = performance.now();
  const samples: MemorySample[] = [];
  const dense = denseStage(model, dataset);
  const warm: number[] = [];
  let coldMs = Number.NaN;
  let compilations = 0;
  for (let done = 1; done <= stages; done++) {
    const took = await trainer.run(done === 1 ? dense : prunedStage(model, dense, done));
    const now = await trainer.describe();
    if (done === 1) coldMs = took;
    else if (Number(now.compilations) === compilations) warm.push(took);
    compilations = Number(now.compilations);
    if (!LOOKS.includes(done) && done !== stages) continue;
    const { rss, pss } = memoryOf(trainer.pid);
    samples.push({
      ...{ stages: done, rss, pss, programs: Number(now.programs), programBytes: Number(now.programBytes) },
    });
  }
  const settled = samples.find((sample) => sample.stages === SETTLED)?.rss ?? Number.NaN;
  return {
    ...{ model, samples, coldMs, compilations },
    growth: (samples.at(-1)?.rss ?? Number.NaN) / settled,
    warmMs: median(warm),
    seconds: (performance.now() - started) / 1000,
  };
}
