import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { NightView, ScheduleView } from '../../client/schedules.js';
import { modelFiles, WEIGHTS_FILE } from '../../core/models/model-file.js';
import type { NamedTensor } from '../../core/models/named-tensor.js';
import { fullyConnected, sequential } from '../../core/models/zoo/sequential.js';
import type { NightRecord } from '../../core/nightly/night.js';
import { NightLog } from '../../core/nightly/night-log.js';
import { createRandom } from '../../core/random.js';
import type { TestStack } from './local-stack.js';

const HIDDEN = 8;
const POLL_MS = 50;
/** Never in a test. */
const CRON = '0 2 1 1 *';

/** A folder in which somebody saves models of points left and right of a line, with the data to judge them. */
export class NightsFolder {
  private saved = 0;

  private constructor(readonly folder: string) {}

  static async make(folder: string): Promise<NightsFolder> {
    const nights = new NightsFolder(folder);
    await mkdir(join(folder, 'models'), { recursive: true });
    await mkdir(join(folder, 'incoming'), { recursive: true });
    await writeFile(join(folder, 'data.csv'), points(1));
    await nights.write(join(folder, 'first'), 0);
    return nights;
  }

  /** The spec of a schedule's nights. */
  spec(name: string, nightly: string, rest = 'baseline: { epochs: 0, optimizer: adam }'): string {
    return `
name: ${name}
model: { file: ./first/model.json }
dataset: { csv: { file: ./data.csv, label: side } }
split: { validation: 0.4, test: 0.2, seed: 1 }
${rest}
space:
  method: { granularity: weight, criterion: magnitude, scope: global }
  sparsity: [0.25, 0.5]
  schedule: oneShot
  recovery: { epochs: 1, learningRate: 0.000001 }
select: { best: accuracy }
nightly:
${nightly.trim().replace(/^/gm, '  ')}
`;
  }

  /** Saves a model into the watched folder, newer than all before. The farther its line is off, the worse it is. */
  async save(name: string, off: number): Promise<void> {
    const target = join(this.folder, 'models', name);
    await this.write(target, off);
    await this.date(join(target, 'model.json'), join(target, WEIGHTS_FILE));
  }

  /** Puts data into the watched folder, newer than all before. */
  async arrive(name: string, seed: number): Promise<void> {
    const target = join(this.folder, 'incoming', name);
    await writeFile(`${target}.part`, points(seed));
    await rename(`${target}.part`, target);
    await this.date(target);
  }

  /** File systems may count time in whole seconds. */
  private async date(...files: readonly string[]): Promise<void> {
    this.saved += 1;
    const when = new Date(Date.UTC(2026, 0, this.saved));
    for (const file of files) await utimes(file, when, when);
  }

  private async write(folder: string, off: number): Promise<void> {
    const topology = sequential(
      'sides',
      [2],
      [fullyConnected('hidden', HIDDEN, 'relu'), fullyConnected('dense', 2, 'softmax')],
    );
    const { modelJson, weightsBin } = modelFiles(topology, weights(off));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, WEIGHTS_FILE), weightsBin);
    await writeFile(join(folder, 'model.json'), modelJson);
  }
}

/** Half of the hidden neurons see how far right a point is of `off`, half how far left. */
function weights(off: number): NamedTensor[] {
  const random = createRandom(7);
  const noise = (): number => (random.next() - 0.5) / 1000;
  const sign = (neuron: number): number => (neuron < HIDDEN / 2 ? 1 : -1);
  const neurons = Array.from({ length: HIDDEN }, (_, neuron) => neuron);
  const tensor = (name: string, shape: readonly number[], values: readonly number[]): NamedTensor => ({
    ...{ name, shape: [...shape], values: Float32Array.from(values) },
  });
  return [
    tensor('hidden/kernel', [2, HIDDEN], [...neurons.map((neuron) => sign(neuron) + noise()), ...neurons.map(noise)]),
    tensor(
      'hidden/bias',
      [HIDDEN],
      neurons.map((neuron) => -sign(neuron) * off),
    ),
    tensor(
      'dense/kernel',
      [HIDDEN, 2],
      neurons.flatMap((neuron) => [sign(neuron) < 0 ? 1 : noise(), sign(neuron) > 0 ? 1 : noise()]),
    ),
    tensor('dense/bias', [2], [0, 0]),
  ];
}

/** 300 points; those right of the middle are of class 1. */
function points(seed: number): string {
  const random = createRandom(seed);
  const rows = Array.from({ length: 300 }, () => {
    const x = 2 * random.next() - 1;
    return `${x.toFixed(4)},${random.next().toFixed(4)},${x > 0 ? 1 : 0}`;
  });
  return `${['x,y,side', ...rows].join('\n')}\n`;
}

/** A schedule of a real stack whose nights are run one at a time. */
export class TestSchedule {
  private constructor(
    private readonly stack: TestStack,
    readonly name: string,
  ) {}

  static async create(stack: TestStack, folder: string, name: string, text: string): Promise<TestSchedule> {
    const spec = { text, fileName: `${name}.yaml`, baseFolder: folder };
    await stack.gateway.schedules.create({ name, cron: CRON, timeZone: 'UTC', spec });
    return new TestSchedule(stack, name);
  }

  /** One that has been made. */
  static of(stack: TestStack, name: string): TestSchedule {
    return new TestSchedule(stack, name);
  }

  show(): Promise<ScheduleView & { readonly nights: readonly NightView[] }> {
    return this.stack.gateway.schedules.get(this.name);
  }

  async trigger(): Promise<void> {
    await this.stack.gateway.schedules.command('run-now', this.name);
  }

  /** Runs a night to its end. */
  async night(): Promise<NightRecord> {
    const before = await this.ended();
    await this.untilIdle();
    await this.trigger();
    return this.next(before.length);
  }

  /** The newest night, once so many before it and it itself have ended. */
  async next(before: number): Promise<NightRecord> {
    let newest: NightRecord | undefined;
    await this.until(async () => {
      const ended = await this.ended();
      newest = ended[0];
      return ended.length > before;
    });
    if (newest === undefined) throw new Error('no night has ended');
    return newest;
  }

  /** Nights that have ended, newest first. */
  ended(): Promise<NightRecord[]> {
    // Not from the gateway: Temporal may take seconds to describe a schedule whose night has just ended.
    return new NightLog(this.stack.store).newest(this.name, 100);
  }

  /** A night has its record an instant before its workflow ends; one that is asked for in between would be skipped. */
  private async untilIdle(): Promise<void> {
    const connection = await Connection.connect({ address: this.stack.temporal });
    const { workflow } = new Client({ connection });
    const query = `WorkflowType = 'nightlyWorkflow' AND ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH 'nightly-${this.name}-'`;
    await this.until(async () => (await workflow.count(query)).count === 0);
    await connection.close();
  }

  async until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await sleep(POLL_MS);
  }
}
