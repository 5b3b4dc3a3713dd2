import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDataset } from '../../core/datasets/prepare.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import type { Stage } from '../../core/sweep/stage.js';
import { memoryOf } from '../measure/process-memory.js';
import { median } from '../measure/statistics.js';
import { BenchTrainer, type BenchTrainerOptions } from './bench-trainer.js';
import { startsOfStages } from './first-steps.js';
import { type Shapes, stagesOf } from './stages.js';

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
  /** Milliseconds from the request of the first stage, which compiles, to its first optimizer step. */
  readonly coldMs: number;
  /** Median over the stages that compiled nothing. */
  readonly warmMs: number;
  readonly compilations: number;
  /** Wall clock of all stages. */
  readonly seconds: number;
}

/** What can be set of a run. */
export interface MemoryOptions extends Pick<BenchTrainerOptions, 'programMemory'> {
  readonly shapes: Shapes;
  /** Folder to copy the trace to. */
  readonly profile?: string | undefined;
}

/** Runs stages of a model on a trainer of its own. */
export async function runModel(model: string, stages: number, options: MemoryOptions): Promise<MemoryRun> {
  const folder = mkdtempSync(join(tmpdir(), 'pf-memory-'));
  const profile = join(folder, 'profile');
  try {
    const store = await openFolderStore(join(folder, 'store'));
    // Few examples to train on, so that a stage is short; all of them are on the device.
    const split = { validation: 0.02, test: 0.96, seed: 1 };
    const { key } = await prepareDataset({ builtin: 'mnist' }, split, store);
    const trainer = await BenchTrainer.start(folder, { programMemory: options.programMemory, profile });
    try {
      const stageOf = stagesOf(model, key, options.shapes);
      return { model, ...(await measure(trainer, stages, stageOf, profile)) };
    } finally {
      await trainer.stop();
      if (options.profile !== undefined) cpSync(profile, options.profile, { recursive: true });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(
  trainer: BenchTrainer,
  stages: number,
  stageOf: (number: number) => Stage,
  profile: string,
): Promise<Omit<MemoryRun, 'model'>> {
  const started = performance.now();
  const samples: MemorySample[] = [];
  const asked = new Map<string, number>();
  for (let done = 1; done <= stages; done++) {
    const stage = stageOf(done);
    asked.set(stage.key, await trainer.run(stage));
    if (!LOOKS.includes(done) && done !== stages) continue;
    const now = await trainer.describe();
    const { rss, pss } = memoryOf(trainer.pid);
    samples.push({
      ...{ stages: done, rss, pss, programs: Number(now.programs), programBytes: Number(now.programBytes) },
    });
  }
  const { compilations } = await trainer.describe();
  const starts = [...startsOfStages(profile)].map(([key, { firstStepAt, compiled }]) => ({
    ms: firstStepAt - (asked.get(key) ?? Number.NaN),
    compiled,
  }));
  const settled = samples.find((sample) => sample.stages === SETTLED)?.rss ?? Number.NaN;
  return {
    ...{ samples, compilations: Number(compilations) },
    coldMs: starts[0]?.ms ?? Number.NaN,
    growth: (samples.at(-1)?.rss ?? Number.NaN) / settled,
    warmMs: median(starts.filter(({ compiled }) => !compiled).map(({ ms }) => ms)),
    seconds: (performance.now() - started) / 1000,
  };
}
