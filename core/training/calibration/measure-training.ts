import { setImmediate } from 'node:timers/promises';
import { impliedTask } from '../../models/task-output.js';
import { batchesOf } from '../../network/batches.js';
import type { Tf } from '../../network/tf.js';
import { openEngine } from '../engines/open-engine.js';
import { ProgramCache } from '../engines/program-cache.js';
import { type CalibrationSubject, loadModel } from './calibration.js';
import { syntheticData } from './synthetic-data.js';

/** How much was trained in which time. */
export interface TrainingRate {
  readonly images: number;
  readonly seconds: number;
}

/** A model that has been compiled and has trained a little. */
export interface WarmTraining {
  /** Why it does not run compiled; null where it does. */
  readonly eagerBecause: string | null;
  /** Trains for so many seconds. */
  train(seconds: number): Promise<TrainingRate>;
}

/** The same as in a trainer. */
const CALL_MS = 100;
/** TensorFlow optimises a graph in its first call; the next ones find out how many steps make a call. */
const WARM_UP_CALLS = 3;

/** Makes a model ready to be trained on noise with the engine that stages train with. */
export async function warmTraining(
  tf: Tf,
  subject: CalibrationSubject,
  precision: 'float32' | 'bfloat16',
): Promise<WarmTraining> {
  const { batchSize, optimizer } = subject;
  const { topology, weights } = await loadModel(subject.model);
  const data = syntheticData(topology, batchSize);
  const task = impliedTask(topology);
  const engine = await openEngine(topology, weights, {
    ...{ tf, data, dataset: 'synthetic', optimizer, batchSize, callMs: CALL_MS },
    ...{ masksKernels: false, programs: new ProgramCache(), precision },
    ...(task === undefined ? {} : { objective: { task } }),
  });
  const batches = [...batchesOf(data.train, batchSize)];
  let step = 0;
  const call = (): number => {
    const taken = Array.from(
      { length: engine.stepsPerCall },
      (_, i) => batches[(step + i) % batches.length] ?? data.train,
    );
    engine.train(taken, 1, step);
    step += taken.length;
    return taken.length * batchSize;
  };
  for (let i = 0; i < WARM_UP_CALLS; i++) call();
  return {
    eagerBecause: engine.eagerBecause,
    async train(seconds) {
      const started = performance.now();
      let images = 0;
      do {
        images += call();
        // What ends this process wants to be heard.
        await setImmediate();
      } while (performance.now() - started < seconds * 1000);
      return { images, seconds: (performance.now() - started) / 1000 };
    },
  };
}
