import { availableParallelism } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import { calibrationFile, writeCalibration } from '../../../core/training/calibration/cache.js';
import { calibrationKey, DEFAULT_OPTIMIZER, loadModel } from '../../../core/training/calibration/calibration.js';
import type { PlanMeasurement } from '../../../core/training/calibration/choose.js';
import { pins } from '../../../tools/paths.mjs';
import type { FoundDevice } from '../../../workers/gpu-node/devices.js';
import { NODE_WORKER } from '../../../workers/gpu-node/settings.js';
import { askedBfloat16, askedSlots, calibrationSubject } from '../../../workers/gpu-node/slot-settings.js';
import { type AskedSlots, inWords, slotsAndThreads } from '../../../workers/gpu-node/slots-and-threads.js';
import { slotsOfMachine } from '../../../workers/gpu-node/slots-of-machine.js';
import { trainerEnvironment } from '../../../workers/gpu-node/trainer-environment.js';
import { Settings } from '../../../workers/service/settings.js';
import { packageVersion } from '../../../workers/version.js';
import { errorOf } from '../../support/errors.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = temporaryFolders(afterAll);
const CORES = availableParallelism();
const subject = { model: { zoo: 'mnistMlp' }, batchSize: 64, optimizer: DEFAULT_OPTIMIZER };
const unread = { utilization: null, memoryUsedBytes: null, memoryTotalBytes: null };
const device = { ...unread, id: '0', kind: 'cpu', name: 'test', temperatureCelsius: null, powerWatts: null };
const CPU: readonly FoundDevice[] = [{ device, visible: null }];
const GPUS: readonly FoundDevice[] = [
  { device, visible: '0' },
  { device, visible: '1' },
];

function decide(asked: AskedSlots, devices = CPU) {
  const { signal } = new AbortController();
  return slotsAndThreads({ asked, devices, subject: null, trainerBytes: 4e9, signal });
}

/** A decision with a calibration that is in the cache, so that nothing is measured. */
async function decideWith(changes: Partial<PlanMeasurement>, name = 'mnistMlp', halvedRate?: number) {
  const cacheFolder = await temporaryFolder();
  const { topology } = await loadModel(subject.model);
  const place = { device: 'test', cores: CORES, version: `${packageVersion()}, TensorFlow ${pins.tensorflow.version}` };
  const measured = { trainers: 3, threads: 5, imagesPerSecond: 10, memoryBytes: 1, largestTrainerBytes: 1 };
  await writeCalibration(calibrationFile(cacheFolder, calibrationKey(topology, subject, place)), {
    ...{ ...place, model: 'mnistMlp', batchSize: 64, optimizer: 'adam', measuredAt: '2026-01-02T00:00:00.000Z' },
    measurements: [{ ...measured, failure: null, ...changes }],
    ...(halvedRate === undefined
      ? {}
      : { halved: { ...measured, imagesPerSecond: halvedRate, failure: null, eagerBecause: null } }),
  });
  return slotsAndThreads({
    ...{ asked: { slots: null, threads: null }, devices: CPU, subject: { ...subject, model: { zoo: name } } },
    ...{ trainerBytes: 4e9, cacheFolder, signal: new AbortController().signal },
  });
}

describe('slots and threads', () => {
  it.each([
    ['nothing on a CPU', { slots: null, threads: null }, CPU, [CORES, 1]],
    ['nothing on GPUs', { slots: null, threads: null }, GPUS, [1, null]],
    ['slots', { slots: 3, threads: null }, CPU, [3, 1]],
    ['slots on GPUs', { slots: 3, threads: null }, GPUS, [3, null]],
    ['both', { slots: 3, threads: 2 }, CPU, [3, 2]],
    ['threads', { slots: null, threads: CORES }, CPU, [1, CORES]],
    ['more threads than cores', { slots: null, threads: CORES + 1 }, CPU, [1, CORES + 1]],
    ['threads on GPUs', { slots: null, threads: 2 }, GPUS, [1, 2]],
  ])('given %s asked for and no calibration, then they are so', async (_, asked, devices, expected) => {
    const { slots, threads, calibrated, because } = await decide(asked, devices);
    expect([slots, threads, calibrated]).toEqual([...expected, null]);
    expect(because).toMatch(asked.slots === null && asked.threads === null ? /^by default/ : /^as asked for$/);
  });

  it('given a calibration, then they are what it chose, and it says when that was', async () => {
    const decided = await decideWith({});
    expect(decided).toMatchObject({ slots: 3, threads: 5, because: 'calibrated on 2026-01-02 with mnistMlp' });
    expect(inWords(decided)).toBe('3 trainers of 5 threads each');
  });

  it.each([
    [undefined, false],
    [10.9, false],
    [11.1, true],
  ])('given 10 images a second in float32 and %s in bfloat16, then auto is bfloat16: %s', async (rate, expected) => {
    const { prefersBfloat16, because } = await decideWith({}, 'mnistMlp', rate);
    expect(prefersBfloat16).toBe(expected);
    expect(because).toBe(`calibrated on 2026-01-02 with mnistMlp${expected ? '; auto is bfloat16' : ''}`);
  });

  it('given a calibration whose plans all take more memory than there is, then it is one trainer', async () => {
    const decided = await decideWith({ memoryBytes: 1e15 });
    expect(decided).toMatchObject({ slots: 1, threads: CORES, because: expect.stringContaining('memory') });
  });

  it('given a calibration that measured nothing, then they are the default, with the reason', async () => {
    const decided = await decideWith({ failure: 'it ended' });
    expect(decided).toMatchObject({ slots: CORES, threads: 1, because: expect.stringContaining('it ended') });
  });

  it('given a model that cannot be calibrated with, then they are the default, with the reason', async () => {
    const decided = await decideWith({}, 'nope');
    expect(decided).toMatchObject({ slots: CORES, threads: 1, because: expect.stringContaining('no such model') });
  });

  it.each([
    [1, 1, '1 trainer of 1 thread'],
    [2, 1, '2 trainers of 1 thread each'],
    [1, 4, '1 trainer of 4 threads'],
    [2, null, '2 trainers on each GPU'],
  ])('given %s and %s, then people read %s', (slots, threads, words) => {
    expect(inWords({ slots, threads })).toBe(words);
  });

  it('given two GPUs and two slots, then there are four places with their threads', () => {
    const places = slotsOfMachine(GPUS, { slots: 2, threads: 7 });
    expect(places.map(({ slot, device: { visible }, threads }) => [slot, visible, threads])).toEqual([
      [0, '0', 7],
      [1, '0', 7],
      [2, '1', 7],
      [3, '1', 7],
    ]);
  });
});

describe('the settings of a node', () => {
  const settings = (...args: string[]) => Settings.read(NODE_WORKER.table, ['--store', 's', ...args], {});

  it.each([
    [[], { slots: null, threads: null }],
    [['--slots', 'auto', '--threads', 'auto'], { slots: null, threads: null }],
    [['--slots', '2', '--threads', '3'], { slots: 2, threads: 3 }],
  ])('given %j, then slots and threads are %j', (args, expected) => {
    expect(askedSlots(settings(...args))).toEqual(expected);
  });

  it.each([
    ['--slots', '0'],
    ['--threads', 'many'],
  ])('given %s %s, then it is refused', async (option, value) => {
    await errorOf('PRUNEFRONT_USAGE', () => askedSlots(settings(option, value)));
  });

  it.each([
    [[], null],
    [['--auto-precision', 'auto'], null],
    [['--auto-precision', 'float32'], false],
    [['--auto-precision', 'bfloat16'], true],
  ])('given %j, then auto is bfloat16: %j', (args, expected) => {
    expect(askedBfloat16(settings(...args))).toBe(expected);
  });

  it('given a precision that there is not, then it is refused', async () => {
    await errorOf('PRUNEFRONT_USAGE', () => askedBfloat16(settings('--auto-precision', 'float16')));
  });

  it('given a model to calibrate with, then it is that with its batch; none without; one that is not there is refused', async () => {
    expect(await calibrationSubject(settings())).toBe(null);
    const named = settings('--calibrate-for', 'mnistMlp', '--calibrate-batch', '32');
    expect(await calibrationSubject(named)).toEqual({ ...subject, batchSize: 32 });
    await errorOf('PRUNEFRONT_MODEL_NOT_FOUND', () => calibrationSubject(settings('--calibrate-for', 'nope')));
  });
});

describe('the environment of a trainer', () => {
  it('given threads on a CPU, then TensorFlow takes so many and no GPU', () => {
    expect(trainerEnvironment(null, 3)).toMatchObject({
      ...{ TF_NUM_INTRAOP_THREADS: '3', OMP_NUM_THREADS: '3', TF_NUM_INTEROP_THREADS: '1', CUDA_VISIBLE_DEVICES: '-1' },
    });
  });

  it('given a GPU, then it takes memory as it needs it, so that others fit beside it, and its own threads', () => {
    const environment = trainerEnvironment('1', null);
    expect(environment).toMatchObject({
      CUDA_VISIBLE_DEVICES: '1',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
      TF_DETERMINISTIC_OPS: '1',
      NVIDIA_TF32_OVERRIDE: '0',
    });
    expect(Object.keys(environment).filter((name) => name.includes('THREADS'))).toEqual([]);
  });
});
