import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StageRecord } from '../../../core/sweep/observation.js';
import type { Stage, StageProgress } from '../../../core/sweep/stage.js';
import { decodeCheckpoint } from '../../../core/training/stage-state.js';
import type { RunStageResponse__Output } from '../../../proto/generated/prunefront/v1/RunStageResponse.js';
import { describedService, healthOf, listedServices } from '../../support/grpc-protocols.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { eventsOf, TestTrainer } from '../../support/test-trainer.js';
import { ADAM, pruning, type TinySweep, tinySweep } from '../../support/tiny-sweep.js';

const SERVICE = 'prunefront.v1.TrainerService';
/** Longer than any test waits. */
const ENDLESS = { epochs: 100_000, batchSize: 32, optimizer: ADAM };
/** Steps that the first call of a stage takes at most. */
const FIRST_CALL = 8;
const SHORT = { epochs: 2, batchSize: 32, optimizer: ADAM };

type StageStream = ReturnType<TestTrainer['stream']>;

const temporaryFolder = temporaryFolders(afterAll);
let folder: string;
let sweep: TinySweep;
let trainer: TestTrainer;
let baseline: Stage;

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'trainer'));
  sweep = await tinySweep(folder);
  baseline = sweep.baseline({ zoo: 'mnistMlp' }, [], SHORT);
  trainer = await TestTrainer.start(folder, 1);
});
afterAll(() => trainer.end());

function pruned(sparsity: number, training = SHORT): Stage {
  return sweep.child(baseline, pruning({ sparsity, training }));
}

/** The record of a stage that nobody interrupts, made by another trainer on a store of its own. */
async function undisturbed(stage: Stage): Promise<StageRecord | null> {
  const calm = await temporaryFolder();
  await mkdir(join(calm, 'trainer'));
  const { store } = await tinySweep(calm);
  const other = await TestTrainer.start(calm);
  for (const each of [baseline, stage]) await other.run(each);
  await other.end();
  return store.getRecord(stage.key);
}

describe('a trainer process', () => {
  it('given the standard health protocol, when it is asked, then it serves', async () => {
    expect(await healthOf(trainer.address, SERVICE)).toBe('SERVING');
    expect(await healthOf(trainer.address, '')).toBe('SERVING');
  });

  it('given the reflection protocol, when it is asked, then it lists its service and hands out its descriptor', async () => {
    expect(await listedServices(trainer.address)).toContain(SERVICE);
    expect(await describedService(trainer.address, SERVICE)).toEqual({
      name: SERVICE,
      methods: ['RunStage', 'HandOver', 'Describe'],
    });
  });

  it('given an idle one, when it describes itself, then device, version, memory and tensors are named', async () => {
    const { device, tensorflowVersion, residentBytes, tensorCount, stagesRun } = await trainer.describe();
    expect(device).toBe('TensorFlow CPU');
    expect(tensorflowVersion).toMatch(/^\d+\.\d+\.\d+/);
    expect(Number(residentBytes)).toBeGreaterThan(20e6);
    expect([Number(tensorCount), Number(stagesRun)]).toEqual([0, 0]);
  });

  it('given a stage, when it runs, then its progress says where it is and its record is in the store', async () => {
    const { progress, finished, failed } = await trainer.run(baseline);
    expect([finished, failed]).toEqual([baseline.key, null]);
    const training = progress.filter(({ phase }) => phase === 'train');
    expect(training[0]).toMatchObject({ epoch: 1, epochs: 2, steps: 20, sparsity: 0 });
    expect(training.at(-1)).toMatchObject({ epoch: 2, step: 20 });
    expect(training.every(({ loss }) => typeof loss === 'number' && loss > 0)).toBe(true);
    expect(await sweep.store.getRecord(baseline.key)).toMatchObject({ stage: baseline, ranOn: 'test-node/3' });
  });

  it('given a stage that was run, when it is asked for again, then it is finished without training', async () => {
    expect(await trainer.run(baseline)).toEqual({
      ...{ progress: [], finished: baseline.key, failed: null, handedOver: null },
    });
  });

  it('given a long stage, when it goes on, then its progress carries the speed, the epoch and the newest checkpoint in the store', async () => {
    const stream = trainer.stream(pruned(0.5, ENDLESS));
    const progress = await progressWhen(stream, (now) => now.epoch > 1 && now.checkpoint !== null);
    expect(progress).toMatchObject({
      phase: 'train',
      sparsity: 0.5,
      checkpoint: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(
      (await progressWhen(stream, ({ imagesPerSecond }) => imagesPerSecond !== null)).imagesPerSecond,
    ).toBeGreaterThan(0);
    await cancel(stream);
  });

  it('given stages that end and one that is cancelled, when they are over, then no tensor is left of them', async () => {
    await trainer.run(pruned(0.6));
    const neurons = { granularity: 'neuron', criterion: 'l1', scope: 'layer' } as const;
    const operation = { kind: 'prune', method: neurons, sparsity: 0.5, schedule: 'oneShot', rewind: 'none' } as const;
    const { finished } = await trainer.run(sweep.child(baseline, { ...operation, training: SHORT }));
    expect(finished).not.toBeNull();
    const stream = trainer.stream(pruned(0.65, ENDLESS));
    await once(stream, 'data');
    await cancel(stream);
    await trainer.run(pruned(0.66));
    expect(Number((await trainer.describe()).tensorCount)).toBe(0);
  });

  it('given a stage that runs, when its stream is cancelled, then it stops and the next one runs', async () => {
    const endless = pruned(0.7, ENDLESS);
    const stream = trainer.stream(endless);
    await once(stream, 'data');
    await cancel(stream);
    expect(await trainer.run(pruned(0.71))).toMatchObject({ finished: pruned(0.71).key, failed: null });
    expect(await sweep.store.getRecord(endless.key)).toBeNull();
  });

  it('given a stage that waits for its turn, when it is taken back, then it is never run', async () => {
    const { stagesRun: before } = await trainer.describe();
    const running = trainer.stream(pruned(0.72, ENDLESS));
    await once(running, 'data');
    const waiting = trainer.stream(pruned(0.73, ENDLESS));
    // The trainer has seen both when it answers what was asked after them.
    await trainer.describe();
    await cancel(waiting);
    await trainer.describe();
    await cancel(running);
    await trainer.run(pruned(0.74));
    expect(Number((await trainer.describe()).stagesRun) - Number(before)).toBe(2);
  });

  it('given a checkpoint, when a stage starts from it, then it goes on at its step', async () => {
    const endless = pruned(0.75, ENDLESS);
    const first = trainer.stream(endless);
    await progressWhen(first, ({ checkpoint, step }) => checkpoint !== null && step > 50);
    await cancel(first);
    // Answered once the first stage has stopped writing.
    await trainer.run(baseline);
    const checkpoint = await sweep.store.getCheckpoint(endless.key);
    const { step } = decodeCheckpoint(await sweep.store.getBlob(checkpoint ?? ''));
    const second = trainer.stream(endless, checkpoint);
    const resumed = await progressWhen(second, ({ phase }) => phase === 'train');
    expect(resumed.step).toBeGreaterThan(step);
    expect(resumed.step).toBeLessThanOrEqual(step + FIRST_CALL);
    await cancel(second);
  });

  it('given a stage in the middle of its training, when it is told to hand over, then it ends after that step with its checkpoint, and from there it comes to what it would have come to', async () => {
    const long = pruned(0.55, { ...SHORT, epochs: 1000 });
    const stream = trainer.stream(long);
    await progressWhen(stream, ({ epoch }) => epoch > 1);
    await trainer.handOver();
    const { handedOver, finished, failed } = await eventsOf(stream);
    expect([finished, failed]).toEqual([null, null]);
    const { step } = decodeCheckpoint(await sweep.store.getBlob(handedOver ?? ''));
    expect(step).toBeGreaterThan(0);
    await trainer.run(long, handedOver);
    const interrupted = await sweep.store.getRecord(long.key);
    expect(interrupted?.resumedAt).toEqual([step]);
    expect(interrupted?.observation.validation).toEqual((await undisturbed(long))?.observation.validation);
  });

  it('given one stage that trains and one that waits, when they are asked to hand over, then both end at once and go on from exactly there', async () => {
    const [endless, waiting] = [pruned(0.76, ENDLESS), pruned(0.77, ENDLESS)];
    const first = trainer.stream(endless);
    await progressWhen(first, ({ phase, step }) => phase === 'train' && step > 20);
    const ends = [first, trainer.stream(waiting)].map((stream) => eventsOf(stream));
    // The trainer has seen both when it answers what was asked after them.
    await trainer.describe();
    await trainer.handOver();
    const [begun, notBegun] = await Promise.all(ends);
    expect(notBegun).toEqual({ progress: [], finished: null, failed: null, handedOver: '' });
    expect([begun?.finished, begun?.failed]).toEqual([null, null]);
    const { step } = decodeCheckpoint(await sweep.store.getBlob(begun?.handedOver ?? ''));
    expect(begun?.progress.at(-1)?.step).toBe(step);
    expect(await sweep.store.getCheckpoint(endless.key)).toBe(begun?.handedOver);
    const second = trainer.stream(endless, begun?.handedOver ?? null);
    const resumed = await progressWhen(second, ({ phase }) => phase === 'train');
    expect(resumed.step).toBeGreaterThan(step);
    expect(resumed.step).toBeLessThanOrEqual(step + FIRST_CALL);
    await cancel(second);
  });

  it.each([
    ['a learning rate at which the loss becomes infinite', 1e30, 'PRUNEFRONT_DIVERGED'],
    ['a parent that was never trained', null, 'PRUNEFRONT_ARTIFACT_MISSING'],
  ])(
    'given %s, when the stage fails, then that is an event with a typed code and the process lives on',
    async (_, rate, code) => {
      const sgd = { sgd: { learningRate: rate ?? 0.1, momentum: 0.9, nesterov: false } };
      const parent = rate === null ? sweep.baseline({ zoo: 'mnistMlp' }, [], ENDLESS) : baseline;
      const stage = sweep.child(parent, { kind: 'tune', training: { ...SHORT, optimizer: sgd } });
      const { finished, failed } = await trainer.run(stage);
      expect(finished).toBeNull();
      expect(failed).toMatchObject({ code });
      expect(await healthOf(trainer.address, SERVICE)).toBe('SERVING');
      expect(trainer.child.exitCode).toBeNull();
    },
  );
});

describe('a trainer whose node worker has gone', () => {
  it('given a stage in the middle, when its standard input ends, then it ends and takes its socket and the empty folder along', async () => {
    const own = await temporaryFolder();
    await mkdir(join(own, 'trainer'));
    const { baseline: baselineOf } = await tinySweep(own);
    const other = await TestTrainer.start(own);
    const stream = other.stream(baselineOf({ zoo: 'mnistMlp' }, [], ENDLESS));
    await once(stream, 'data');
    const ended = eventsOf(stream).catch((error: unknown) => error);
    expect(await other.end()).toBe(0);
    expect(await ended).toBeInstanceOf(Error);
    expect(existsSync(dirname(other.socket))).toBe(false);
  });
});

/** The first progress of a stage for which the condition holds. */
function progressWhen(stream: StageStream, condition: (progress: StageProgress) => boolean): Promise<StageProgress> {
  return new Promise((resolve, reject) => {
    const hear = ({ progressJson }: RunStageResponse__Output): void => {
      const progress = JSON.parse(progressJson ?? 'null') as StageProgress | null;
      if (progress === null) reject(new Error('the stage ended before'));
      else if (condition(progress)) {
        stream.off('data', hear);
        resolve(progress);
      }
    };
    stream.on('data', hear);
    stream.once('error', reject);
  });
}

/** Cancels a stream and waits until this end of it is closed. */
async function cancel(stream: StageStream): Promise<void> {
  const closed = new Promise<void>((resolve) => stream.once('error', () => resolve()));
  stream.cancel();
  stream.resume();
  await closed;
}
