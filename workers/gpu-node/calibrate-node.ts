import { parseArgs } from 'node:util';
import { toErrorData } from '../../core/errors.js';
import { DEFAULT_OPTIMIZER, namedModel } from '../../core/training/calibration/calibration.js';
import { isWithinMemory } from '../../core/training/calibration/choose.js';
import { gainOf, prefersBfloat16 } from '../../core/training/calibration/precision.js';
import { required, runProgram, usageError, wholeNumber } from '../command-line.js';
import { onStop } from '../stop-signals.js';
import { calibrated } from './calibrated.js';
import { readDevices } from './devices.js';
import { NODE_WORKER } from './settings.js';

const stopped = new AbortController();
onStop(() => stopped.abort());

function say(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/**
 * Calibrates this machine for a model, or finds that it was: `--model NAME|FILE [--batch N] [--seconds N] [--trainer-memory MB] [--fresh]
 * [--keep]`. Prints a JSON line when it begins to measure, one for each plan, and one with the whole; ends when its standard input does.
 */
await runProgram('calibrate', async () => {
  try {
    const { values } = parseArgs({
      options: {
        model: { type: 'string' },
        batch: { type: 'string', default: '64' },
        seconds: { type: 'string' },
        'trainer-memory': { type: 'string', default: NODE_WORKER.table['trainer-memory'].default },
        fresh: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
      },
    });
    const found = await calibrated({
      subject: {
        model: namedModel(required('--model', values.model)),
        batchSize: wholeNumber('--batch', values.batch),
        optimizer: DEFAULT_OPTIMIZER,
      },
      devices: await readDevices(),
      trainerBytes: wholeNumber('--trainer-memory', values['trainer-memory']) * 1024 * 1024,
      isFresh: values.fresh,
      keepsDisturbed: values.keep,
      ...(values.seconds === undefined ? {} : { seconds: wholeNumber('--seconds', values.seconds) }),
      signal: stopped.signal,
      onStart: (calibrating) => say({ calibrating }),
      onMeasured: (measured) => say({ measured }),
    });
    const { calibration, chosen, ...rest } = found;
    const { measurements, ...about } = calibration;
    const plans = measurements.map((each) => ({
      ...each,
      isWithinMemory: isWithinMemory(each, rest.limits),
      isChosen: each.trainers === chosen?.trainers && each.threads === chosen.threads,
    }));
    const both = { gain: gainOf(calibration), prefersBfloat16: prefersBfloat16(calibration) };
    say({ calibration: { ...about, ...both, plans, ...rest } });
  } catch (error) {
    if (!stopped.signal.aborted) say({ error: toErrorData(usageError(error)) });
    process.exit(1);
  }
  process.exit();
});
