import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TrainerOutcome } from '../../../activities/index.js';
import type { Stage, StageProgress } from '../../../core/sweep/stage.js';
import type { RestartReason, TrainerProcess, TrainerSettings } from '../../../workers/gpu-node/trainer-process.js';
import { compiled } from '../../support/compiled.js';
import { until } from '../../support/paper-sweeps.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { ADAM, type TinySweep, tinySweep } from '../../support/tiny-sweep.js';

const GIGABYTE = 2 ** 30;
const temporaryFolder = temporaryFolders(afterAll);
let folder: string;
let sweep: TinySweep;
let trainer: TrainerProcess;
/** Why it was started again, each time. */
let restarts: RestartReason[];

beforeAll(async () => {
  folder = await temporaryFolder();
  sweep = await tinySweep(folder);
});

async function trainerOf(changes: Partial<TrainerSettings> = {}): Promise<TrainerProcess> {
  restarts = [];
  const { TrainerProcess } = await compiled('workers/gpu-node/trainer-process.js');
  const place = {
    socket: join(folder, '0.sock'),
    store: join(folder, 'store'),
    ranOn: 'test/0',
    gpu: null,
    threads: 1,
  };
  trainer = new TrainerProcess({
    ...{ ...place, checkpointEveryMs: 60_000, silenceMs: 30_000, memoryLimit: 8 * GIGABYTE },
    onRestart: (reason) => restarts.push(reason),
    ...changes,
  });
  return trainer;
}

function stageOf(epochs: number, batchSize = 32): Stage {
  return sweep.baseline({ zoo: 'mnistMlp' }, [], { epochs, batchSize, optimizer: ADAM });
}

/** An endless stage that is training; its outcome comes once something happens to it. */
async function midStage(signal = new AbortController().signal): Promise<{ readonly outcome: Promise<TrainerOutcome> }> {
  let trains = false;
  const hear = ({ phase }: StageProgress): void => {
    trains ||= phase === 'train';
  };
  const outcome = trainer.run(stageOf(100_000), null, hear, signal);
  let early: TrainerOutcome | null = null;
  void outcome.then((ended) => {
    early = ended;
  });
  await until(() => trains || early !== null);
  if (!trains) throw new Error(`the stage ended before it trained: ${JSON.stringify(early)}`);
  return { outcome };
}

function runToEnd(stage: Stage): Promise<TrainerOutcome> {
  return trainer.run(stage, null, () => undefined, new AbortController().signal);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function runningPid(): number {
  if (trainer.pid === null) throw new Error('no trainer runs');
  return trainer.pid;
}

describe('a trainer on a node that prefers bfloat16', () => {
  it.each([true, false])('given that it does: %s, then the trainer is told so', async (prefersBfloat16) => {
    await (await trainerOf({ prefersBfloat16 })).ready();
    const commandLine = (await readFile(`/proc/${runningPid()}/cmdline`, 'utf8')).split('\0');
    await trainer.stop();
    expect(commandLine.includes('--bfloat16')).toBe(prefersBfloat16);
  });
});

describe('a trainer that lives', () => {
  beforeAll(async () => {
    await (await trainerOf()).ready();
  });
  afterAll(() => trainer.stop());

  it('given one that is ready, when a stage runs, then it finishes and the same process is ready for the next', async () => {
    const pid = runningPid();
    expect(await runToEnd(stageOf(1))).toEqual({ kind: 'finished' });
    await trainer.ready();
    expect(trainer.pid).toBe(pid);
  });

  it('given a stage that is taken back, when its signal fires, then it is lost and the same process takes the next one', async () => {
    const takenBack = new AbortController();
    const { outcome } = await midStage(takenBack.signal);
    const pid = runningPid();
    takenBack.abort();
    expect(await outcome).toEqual({ kind: 'lost', reason: 'the stage was taken back' });
    await trainer.ready();
    expect(await runToEnd(stageOf(1, 16))).toEqual({ kind: 'finished' });
    expect(trainer.pid).toBe(pid);
  });

  it('given a stage that is to be handed over, then it ends with a checkpoint in the store, and the same process takes the next one', async () => {
    const { outcome } = await midStage();
    const pid = runningPid();
    await trainer.handOver();
    const ended = await outcome;
    const key = await sweep.store.getCheckpoint(stageOf(100_000).key);
    expect(ended).toEqual({ kind: 'handedOver', checkpoint: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(ended).toEqual({ kind: 'handedOver', checkpoint: key });
    expect(await runToEnd(stageOf(1, 24))).toEqual({ kind: 'finished' });
    expect([trainer.pid, restarts]).toEqual([pid, []]);
  });

  it('given a stage that cannot work, when it fails, then its typed cause arrives and the process stays', async () => {
    const pid = runningPid();
    const stage = sweep.child(stageOf(77), { kind: 'score' });
    const error = expect.objectContaining({ code: 'PRUNEFRONT_ARTIFACT_MISSING' });
    expect(await runToEnd(stage)).toEqual({ kind: 'failed', error });
    expect(trainer.pid).toBe(pid);
  });
});

describe('a trainer that does not go on', () => {
  afterEach(() => trainer.stop());

  it('given one in the middle of a stage, when it is killed, then the stage is lost with the reason, and another one is started', async () => {
    await (await trainerOf()).ready();
    const { outcome } = await midStage();
    const killed = runningPid();
    process.kill(killed, 'SIGKILL');
    expect(await outcome).toEqual({ kind: 'lost', reason: expect.stringContaining('SIGKILL') });
    expect(trainer.pid).toBeNull();
    await trainer.ready();
    expect(runningPid()).not.toBe(killed);
    expect(await runToEnd(stageOf(1, 64))).toEqual({ kind: 'finished' });
    expect([restarts, trainer.restarts]).toEqual([['died'], 1]);
  });

  it('given one that hangs in the middle of a stage, when it stays silent, then the stage is lost and the process killed', async () => {
    // Longer than a busy machine takes to compile, which nothing is heard in.
    await (await trainerOf({ silenceMs: 8000 })).ready();
    const { outcome } = await midStage();
    const hung = runningPid();
    process.kill(hung, 'SIGSTOP');
    expect(await outcome).toEqual({
      kind: 'lost',
      reason: 'no word for 8 s; SIGKILL',
      hint: expect.stringContaining('--trainer-silence'),
    });
    expect(isAlive(hung)).toBe(false);
    await trainer.ready();
    expect(restarts).toEqual(['hung']);
  });

  it('given one in the middle of a stage, when it is ended because its node drains, then starting it later is no restart', async () => {
    await (await trainerOf()).ready();
    const { outcome } = await midStage();
    const ended = runningPid();
    await trainer.rest();
    expect([isAlive(ended), (await outcome).kind]).toEqual([false, 'lost']);
    await trainer.ready();
    expect(restarts).toEqual([]);
  });

  it('given one that has grown over its limit, when its stage has ended, then it is replaced', async () => {
    await (await trainerOf({ memoryLimit: 1 })).ready();
    const grown = runningPid();
    expect(await runToEnd(stageOf(1, 8))).toEqual({ kind: 'finished' });
    expect(isAlive(grown)).toBe(false);
    await trainer.ready();
    expect(runningPid()).not.toBe(grown);
    expect(restarts).toEqual(['grown']);
  });

  it('given a store that is a file, when a trainer is started, then the error says why it cannot', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await trainerOf({ store: file });
    await expect(trainer.ready()).rejects.toThrow(/did not start: exit code 1: .*PRUNEFRONT_STORE_READ_ONLY/s);
    expect(trainer.pid).toBeNull();
  });

  it('given one that is stopped, when it is asked to be ready, then it refuses, and neither process nor socket is left', async () => {
    await (await trainerOf()).ready();
    const pid = runningPid();
    await trainer.stop();
    await expect(trainer.ready()).rejects.toThrow('shutting down');
    expect([isAlive(pid), existsSync(join(folder, '0.sock'))]).toEqual([false, false]);
  });

  it('given one that is starting, when the node stops, then the start ends with an error and no process is left', async () => {
    const starting = (await trainerOf()).ready();
    const refused = expect(starting).rejects.toThrow('did not start');
    const pid = runningPid();
    await trainer.stop();
    await refused;
    expect(isAlive(pid)).toBe(false);
  });
});

describe('a trainer that may hold hardly any data', () => {
  afterAll(() => trainer.stop());

  it('given data above its limit, when a stage runs, then they are streamed and it finishes like any other', async () => {
    await (await trainerOf({ residentLimit: 1000 })).ready();
    const stage = stageOf(3, 40);
    expect(await runToEnd(stage)).toEqual({ kind: 'finished' });
    expect((await sweep.store.getRecord(stage.key))?.observation.validation.accuracy).toBeGreaterThan(0.5);
    expect(restarts).toEqual([]);
  });
});
