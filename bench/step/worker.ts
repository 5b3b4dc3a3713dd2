import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { PreparedData } from '../../core/datasets/prepare.js';
import { decodeSafetensors } from '../../core/store/safetensors.js';
import type { About } from './crew.js';
import { MODELS, type ModelName } from './models.js';

const WARM_UP_STEPS = 12;

/** What the program of a side is to train; worker.py reads the same arguments. */
export interface WorkerArguments {
  readonly model: ModelName;
  readonly batch: number;
  readonly precision: 'float32' | 'bfloat16';
  /** Whole batches of the images, in an order without pattern. */
  readonly data: PreparedData;
}

/** Parses the command line and reads the images. */
export function workerArguments(): WorkerArguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      model: { type: 'string' },
      batch: { type: 'string' },
      // The environment has it, which is what TensorFlow reads.
      threads: { type: 'string' },
      precision: { type: 'string', default: 'float32' },
    },
  });
  const model = MODELS.find((name) => name === values.model);
  const [inputs] = positionals;
  if (model === undefined || inputs === undefined) throw new Error('usage: INPUTS --model NAME --batch N');
  const batch = Number(values.batch);
  const precision = values.precision === 'bfloat16' ? 'bfloat16' : 'float32';
  const { tensors } = decodeSafetensors(readFileSync(inputs));
  const [x, y] = [tensors.get('x'), tensors.get('y')];
  if (x?.dtype !== 'float32' || y?.dtype !== 'int32') throw new Error(`${inputs} does not hold x and y`);
  const shape = [28, 28, 1];
  const count = Math.floor(y.data.length / batch) * batch;
  const size = shape.reduce((product, n) => product * n, 1);
  const data: PreparedData = {
    ...{ x: x.data.subarray(0, count * size), exampleShape: shape, labels: y.data.subarray(0, count), classes: 10 },
    ...{ train: Int32Array.from({ length: count }, (_, i) => i), validation: new Int32Array(), test: new Int32Array() },
  };
  return { model, batch, precision, data };
}

/** Steps that were taken, and the last loss. */
export interface Trained {
  readonly steps: number;
  readonly loss: number;
}

/** Warms up by some steps, says so, and then trains whenever it is told to; ends when the input does. */
export async function serve(train: (steps: number) => Promise<Trained>, about: About): Promise<void> {
  await train(WARM_UP_STEPS);
  console.log(JSON.stringify({ ready: true, ...about }));
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await train(Number(line.split(' ')[1]))));
  }
}
