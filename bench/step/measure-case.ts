import { freemem } from 'node:os';
import { type About, Crew } from './crew.js';
import { type GpuUse, watchGpu } from './gpu.js';
import type { ModelName } from './models.js';
import type { Options } from './options.js';
import type { Failure } from './report.js';
import type { Case, Series } from './results.js';
import { type Place, type Setting, type Side, settingName, settings, trains, workerCommand } from './sides.js';

/** What a process of TensorFlow holds, by experience. */
const BYTES_A_PROCESS = 0.7e9;

/** One side in one setting on its way through the repeats. */
interface Contender {
  readonly side: Side;
  readonly setting: Setting;
  readonly ms: number[];
  /** Last loss of each repeat. */
  readonly losses: (number | null)[];
  readonly gpu: GpuUse[];
  crew: Crew | null;
  failed: boolean;
}

/** A measured case with everything that is told beside the numbers. */
export interface MeasuredCase extends Case {
  readonly series: readonly (Series & Pick<Contender, 'losses' | 'gpu'>)[];
  readonly abouts: ReadonlyMap<Side, About>;
  readonly failures: readonly Failure[];
}

/** Where the programs of the sides find what they need. */
export interface Bench {
  readonly python: string;
  readonly inputs: string;
  readonly place: Place;
}

/**
 * Measures all sides of a model at a batch size in turns. Their processes stay warm between the repeats where memory suffices for all of
 * them; they sleep while others train.
 */
export async function measureCase(
  { model, batch }: { readonly model: ModelName; readonly batch: number },
  options: Options,
  { python, inputs, place }: Bench,
): Promise<MeasuredCase> {
  const contenders: Contender[] = options.sides
    .filter((side) => trains(side, model))
    .flatMap((side) => settings(side, place).map((setting) => ({ side, setting })))
    .map((one) => ({ ...one, ms: [], losses: [], gpu: [], crew: null, failed: false }));
  const abouts = new Map<Side, About>();
  const failures: Failure[] = [];
  const processes = contenders.reduce((total, { setting }) => total + setting.processes, 0);
  const stayWarm = processes * BYTES_A_PROCESS < 0.7 * freemem();
  const fail = ({ side, setting }: Contender, error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    failures.push({ side, setting: settingName(setting), reason });
  };

  const start = ({ side, setting }: Contender): Promise<Crew> => {
    const task = { side, model, batch, threads: setting.threads };
    const command = workerCommand(task, { python, inputs, device: place.device });
    return Crew.start(command, setting.processes, options.seconds);
  };

  const turn = async (contender: Contender): Promise<void> => {
    contender.crew ??= await start(contender);
    if (!abouts.has(contender.side)) abouts.set(contender.side, contender.crew.about);
    const watch = place.device === 'gpu' ? watchGpu() : null;
    const { msPerStep, loss } = await contender.crew.run();
    if (watch !== null) contender.gpu.push(watch.stop());
    contender.ms.push(msPerStep);
    contender.losses.push(loss);
    if (!stayWarm) await stop(contender);
  };

  const stop = async (contender: Contender): Promise<void> => {
    await contender.crew?.stop();
    contender.crew = null;
  };

  try {
    if (stayWarm) {
      // All are warm before the first is timed.
      for (const contender of contenders) {
        await start(contender).then(
          (crew) => {
            contender.crew = crew;
          },
          (error: unknown) => {
            contender.failed = true;
            fail(contender, error);
          },
        );
      }
    }
    for (let repeat = 0; repeat < options.repeats; repeat++) {
      for (const contender of contenders.filter(({ failed }) => !failed)) {
        await turn(contender).catch((error: unknown) => {
          contender.failed = true;
          fail(contender, error);
        });
      }
    }
  } finally {
    await Promise.all(contenders.map(stop));
  }
  const series = contenders.flatMap(({ side, setting, ms, losses, gpu, failed }) =>
    failed ? [] : [{ side, setting, ms, losses, gpu }],
  );
  return { model, batch, series, abouts, failures };
}
