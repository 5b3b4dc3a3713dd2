import { describe, expect, it, test } from 'vitest';
import { Crew, lastLine, stepsFor } from '../../bench/step/crew.js';
import { parseUse } from '../../bench/step/gpu.js';
import { MODELS } from '../../bench/step/models.js';
import { HELP, parseOptions } from '../../bench/step/options.js';
import { disagreement, milliseconds } from '../../bench/step/report.js';
import { best, type Case, ratios, reached, type Series } from '../../bench/step/results.js';
import { SIDES, type Side, settingName, settings, trains, workerCommand } from '../../bench/step/sides.js';
import { inputShape, modelParameters, outputShape } from '../../core/models/described-topology.js';
import { zooModel } from '../../core/models/zoo/index.js';
import { GPU_TRAINING } from '../../workers/gpu-node/trainer-environment.js';

const series = (side: Series['side'], processes: number, threads: number | null, ms: readonly number[]): Series => ({
  side,
  setting: { processes, threads },
  ms,
});

const CASE: Case = {
  model: 'lenet300100',
  batch: 64,
  series: [
    series('keras2', 1, null, [8, 8, 16]),
    series('keras2', 2, 1, [6, 6, 12]),
    series('keras3', 1, null, [9, 9, 18]),
    series('handwritten', 1, null, [3, 3, 6]),
    series('handwritten', 1, 1, [2, 2, 4]),
    series('handwritten', 2, 1, [1.9, 1.9, 3.8]),
    series('ours', 1, null, [2.5, 2.5, 5]),
    series('ours', 2, 1, [2, 2, 4]),
    series('tfjs', 1, null, [20, 20, 40]),
    series('tfjs', 2, 1, [10, 10, 20]),
  ],
};

describe('ratios', () => {
  it('compares the whole machine with the best Keras, as many processes with as many, and one process with one', () => {
    const found = ratios(CASE).map(({ compared, peer, ours, ratio, wanted }) => [
      compared,
      `${peer.side} ${settingName(peer.setting)}`,
      settingName(ours.setting),
      ratio.median,
      wanted,
    ]);
    expect(found).toEqual([
      ['best Keras fit, whole machine', 'keras2 2 × 1 thread', '2 × 1 thread', 3, 3],
      ['handwritten graph, one process each', 'handwritten 1 × 1 thread', '1 × default', 0.8, 0.95],
      ['handwritten graph, 2 processes each', 'handwritten 2 × 1 thread', '2 × 1 thread', 0.95, 0.95],
      ['tfjs fit, one process each', 'tfjs 1 × default', '1 × default', 8, 6],
    ]);
    expect(ratios(CASE).map(reached)).toEqual([true, false, true, true]);
  });

  it('takes the ratio repeat by repeat, so that a slow repeat does not show', () => {
    const [keras] = ratios(CASE);
    expect(keras?.ratio).toEqual({ median: 3, quartiles: [3, 3] });
  });

  it('holds Keras in both precisions against ours in bfloat16, where that is measured', () => {
    const halved = [series('ours-bf16', 2, 1, [1.5, 1.5, 3]), series('keras3-bf16', 2, 1, [3, 3, 6])];
    const found = ratios({ ...CASE, model: 'mnistCnn', series: [...CASE.series, ...halved] })
      .filter(({ ours }) => ours.side === 'ours-bf16')
      .map(({ compared, ratio, wanted }) => [compared, ratio.median, wanted]);
    expect(found).toEqual([
      ['best Keras fit by ours in bfloat16', 4, 2],
      ['Keras 3 in bfloat16 by ours in bfloat16', 2, null],
    ]);
  });

  it('has none where a side was left out', () => {
    expect(ratios({ ...CASE, series: CASE.series.filter(({ side }) => side !== 'ours') })).toEqual([]);
    expect(best(CASE, ['keras3-bf16'], 'any')).toBeNull();
  });
});

describe('settings', () => {
  it('has default threads, one thread where it is ours to choose, and a process for each core', () => {
    const names = (side: Series['side'], cores: number) => settings(side, { device: 'cpu', cores }).map(settingName);
    expect(names('keras3', 4)).toEqual(['1 × default', '4 × 1 thread']);
    expect(names('ours', 4)).toEqual(['1 × default', '1 × 1 thread', '4 × 1 thread']);
    expect(names('tfjs', 1)).toEqual(['1 × default']);
    expect(settings('ours', { device: 'gpu', cores: 3 }).map(settingName)).toEqual(['1 × default', '2 × default']);
  });

  it('starts a program for each side, and bfloat16 for convolutions alone', () => {
    const place = { python: 'python3', inputs: 'in', device: 'cpu' } as const;
    for (const side of SIDES) {
      const task = { side, model: 'mnistCnn', batch: 64, threads: 1 } as const;
      const { args, environment } = workerCommand(task, place);
      expect(environment).toMatchObject({ TF_NUM_INTRAOP_THREADS: '1', CUDA_VISIBLE_DEVICES: '-1' });
      expect(args.includes('bfloat16')).toBe(side === 'ours-bf16' || side === 'keras3-bf16');
    }
    const onGpu = { python: 'python3', inputs: 'in', device: 'gpu' } as const;
    const trained = (side: Side) =>
      workerCommand({ side, model: 'mnistCnn', batch: 64, threads: null }, onGpu).environment;
    expect(trained('ours')).toMatchObject(GPU_TRAINING);
    expect(trained('keras3')).not.toHaveProperty('TF_DETERMINISTIC_OPS');
    expect(trains('keras3-bf16', 'lstm64')).toBe(false);
    expect(trains('keras3-bf16', 'residualCnn')).toBe(true);
  });
});

describe('the command line', () => {
  it('has defaults', () => {
    expect(parseOptions([])).toEqual({
      ...{ models: MODELS, batches: [64, 512], sides: SIDES, repeats: 5, seconds: 3 },
      ...{ gpu: false, json: null, help: false },
    });
  });

  it('takes lists, and refuses what is not known', () => {
    const args = ['--models', 'lstm64,mnistCnn', '--batches', '32', '--sides', 'ours', '--seconds', '0.5'];
    expect(parseOptions(args)).toMatchObject({ models: ['lstm64', 'mnistCnn'], batches: [32], seconds: 0.5 });
    expect(() => parseOptions(['--models', 'resnet'])).toThrow("--models has 'resnet'; allowed: lenet300100");
    expect(() => parseOptions(['--repeats', '1.5'])).toThrow("--repeats is '1.5'; it must be a whole number above 0");
    expect(() => parseOptions(['--batches', '64,0'])).toThrow('--batches');
    for (const side of SIDES) expect(HELP).toContain(`  ${side} `);
  });
});

test.each([
  ['lenet300100', 266_610],
  ['mnistCnn', 34_826],
  ['residualCnn', 77_754],
  ['lstm64', 24_458],
] as const)('%s has %i parameters to train, as the Python models do', (model, count) => {
  const topology = zooModel(model);
  const trained = modelParameters(topology).filter(({ name }) => !name.startsWith('moving_'));
  const total = trained.reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);
  expect(total).toBe(count);
  expect(inputShape(topology)).toEqual([28, 28, 1]);
  expect(outputShape(topology)).toEqual([10]);
});

/** A worker that sleeps two milliseconds a step and talks beside. */
const WORKER = `console.log('chatter');
console.log(JSON.stringify({ parameters: 1, device: 'none', note: '' }));
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const steps = Number(line.split(' ')[1]);
  setTimeout(() => console.log(JSON.stringify({ steps, loss: 0.5 })), 2 * steps);
});`;
const worker = (program: string) => ({ program: process.execPath, args: ['-e', program], environment: {} });

test('a crew counts the steps of all its workers, and ends with them', async () => {
  const crew = await Crew.start(worker(WORKER), 2, 0.1);
  const { steps, msPerStep, loss } = await crew.run();
  await crew.stop();
  expect(steps % 2).toBe(0);
  expect(steps).toBeGreaterThanOrEqual(2);
  expect(msPerStep).toBeGreaterThan(0);
  expect(loss).toBe(0.5);
});

test('a worker that ends tells why', async () => {
  await expect(Crew.start(worker("throw new Error('no such model')"), 1, 0.1)).rejects.toThrow('no such model');
});

test('small parts', () => {
  expect(stepsFor(3, 2)).toBe(1500);
  expect(stepsFor(0.1, 5000)).toBe(1);
  expect(lastLine('Traceback:\n  File "a"\nValueError: bad shape\n')).toBe('ValueError: bad shape');
  expect(lastLine('')).toBe('it said nothing');
  expect(parseUse('87, 1024')).toEqual({ utilisation: 87, mebibytes: 1024 });
  expect(parseUse('[N/A], 12')).toBeNull();
  expect([0.12345, 12.345, 123.45].map(milliseconds)).toEqual(['0.123', '12.35', '123.5']);
  const about = (parameters: number) => ({ parameters, device: 'CPU', note: '' });
  expect(disagreement(new Map([['ours', about(2)]]))).toBe('');
  expect(
    disagreement(
      new Map([
        ['ours', about(2)],
        ['keras2', about(3)],
      ]),
    ),
  ).toContain('ours 2, keras2 3');
});
