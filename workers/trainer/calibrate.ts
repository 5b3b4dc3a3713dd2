import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { loadTensorFlow } from '../../core/network/tensorflow.js';
import { DEFAULT_OPTIMIZER, namedModel, parseOptimizer } from '../../core/training/calibration/calibration.js';
import { warmTraining } from '../../core/training/calibration/measure-training.js';
import { required, runProgram, wholeNumber } from '../command-line.js';

/**
 * Trains a model on noise to find out how fast this device is: `--model NAME|FILE [--batch N] [--optimizer JSON] [--bfloat16]`. Several
 * of them at once are told together: each writes `{"ready": true, "eagerBecause"}` once it is warm, trains for as many seconds as a line of
 * standard input says, and writes `{"images", "seconds", "residentBytes"}`. It ends when its standard input does, so that it never outlives who started it.
 */
await runProgram('calibrate', async () => {
  const { values } = parseArgs({
    options: {
      model: { type: 'string' },
      batch: { type: 'string', default: '64' },
      optimizer: { type: 'string' },
      bfloat16: { type: 'boolean', default: false },
    },
  });
  const subject = {
    model: namedModel(required('--model', values.model)),
    batchSize: wholeNumber('--batch', values.batch),
    optimizer: values.optimizer === undefined ? DEFAULT_OPTIMIZER : parseOptimizer(values.optimizer),
  };
  const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  const lines = createInterface({ input: process.stdin });
  const told: Promise<string> = new Promise((resolve) => lines.once('line', resolve));
  lines.on('close', () => process.exit());
  process.stdin.on('error', () => process.exit());
  process.stdout.on('error', () => process.exit());
  // Who started this one decides when it ends; Ctrl-C reaches the whole process group.
  process.on('SIGINT', () => undefined);
  const training = await warmTraining(loadTensorFlow(), subject, values.bfloat16 ? 'bfloat16' : 'float32');
  say({ ready: true, eagerBecause: training.eagerBecause });
  const rate = await training.train(Number(await told));
  say({ ...rate, residentBytes: process.memoryUsage.rss() });
});
