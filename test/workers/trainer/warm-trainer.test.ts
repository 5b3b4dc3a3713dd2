import { readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stage } from '../../../core/sweep/stage.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { TestTrainer } from '../../support/test-trainer.js';
import { ADAM, pruning, type TinySweep, tinySweep } from '../../support/tiny-sweep.js';

const SHORT = { epochs: 1, batchSize: 32, optimizer: ADAM };
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
  trainer = await TestTrainer.start(folder, 1, ['--profile', join(folder, 'profile')]);
});
afterAll(() => trainer.end());

function pruned(sparsity: number): Stage {
  return sweep.child(baseline, pruning({ sparsity, training: SHORT }));
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

function trace(): readonly TraceEvent[] {
  const [file = ''] = readdirSync(join(folder, 'profile'));
  return JSON.parse(readFileSync(join(folder, 'profile', file), 'utf8')) as TraceEvent[];
}

describe('a trainer that has run a stage of the same shape', () => {
  it('given the next one, when it runs, then nothing is compiled and what is kept is told', async () => {
    for (const stage of [baseline, pruned(0.5)]) await trainer.run(stage);
    const before = await trainer.describe();
    expect(Number(before.compilations)).toBeGreaterThan(0);
    expect(Number(before.dataBytes)).toBeGreaterThan(500 * 784);
    expect(Number(before.programBytes)).toBeGreaterThan(Number(before.dataBytes));
    expect((await trainer.run(pruned(0.6))).failed).toBeNull();
    const after = await trainer.describe();
    expect([after.compilations, after.programs, after.programBytes]).toEqual([
      ...[before.compilations, before.programs, before.programBytes],
    ]);
    const record = await sweep.store.getRecord(pruned(0.6).key);
    expect(record?.observation.engine).toEqual({ kind: 'compiled', precision: 'float32' });
  });

  it('given a profile, then it has a span of each part of a stage, while the trainer still runs', () => {
    const names = new Set(trace().map(({ name }) => name));
    for (const name of [
      ...['stage', 'wait', 'compile', 'trace', 'load', 'verify', 'upload data', 'steps', 'score', 'latency'],
      ...['read weights', 'write weights', 'write slots', 'write masks', 'prune', 'checkpoint', 'store read'],
      'store write',
    ])
      expect(names).toContain(name);
    const steps = trace().flatMap(({ name, args }) => (name === 'steps' && args !== undefined ? [args['steps']] : []));
    expect(steps.every((count) => Number(count) > 0)).toBe(true);
  });

  it('given a warm stage, then its trace has no compilation and no data set that is read', () => {
    const last = trace().findLastIndex(({ name, ph }) => name === 'stage' && ph === 'B');
    const after = trace().slice(last);
    expect(after.some(({ name }) => name === 'compile')).toBe(false);
    expect(after.some(({ args }) => args?.['key'] === sweep.dataset)).toBe(false);
  });
});
