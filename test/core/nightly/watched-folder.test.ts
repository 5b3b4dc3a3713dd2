import { mkdir, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { zooModel } from '../../../core/models/zoo/index.js';
import { newestFirst } from '../../../core/nightly/newest.js';
import { newestData, newestModel } from '../../../core/nightly/watched-folder.js';
import { errorOf } from '../../support/errors.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { savedModel } from '../../support/tiny-sweep.js';

const temporaryFolder = temporaryFolders();

async function date(day: number, ...files: readonly string[]): Promise<void> {
  const when = new Date(Date.UTC(2026, 0, day));
  for (const file of files) await utimes(file, when, when);
}

/** Saves a model that is as new as the day says. */
async function saved(folder: string, day: number): Promise<string> {
  const file = await savedModel(folder, zooModel('mnistMlp'));
  await date(day, file, join(folder, 'weights.bin'));
  return file;
}

async function written(folder: string, name: string, day: number): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, name);
  await writeFile(file, name);
  await date(day, file);
  return file;
}

describe('the newest model of a folder', () => {
  it('given models in it and in folders of it, then the one changed last is taken; of equally new ones the last by name', async () => {
    const folder = await temporaryFolder();
    await saved(folder, 1);
    await saved(join(folder, 'a'), 3);
    const last = await saved(join(folder, 'b'), 3);
    await saved(join(folder, 'c'), 2);
    await written(folder, 'notes.txt', 9);
    expect(await newestModel(folder)).toBe(last);
  });

  it('given new weights beside an old model.json, then the weights count', async () => {
    const folder = await temporaryFolder();
    const retrained = await saved(join(folder, 'a'), 1);
    await saved(join(folder, 'b'), 2);
    await date(3, join(folder, 'a', 'weights.bin'));
    expect(await newestModel(folder)).toBe(retrained);
  });

  it('given newer ones that are cut off, without weights or no JSON, then they are passed over', async () => {
    const folder = await temporaryFolder();
    const whole = await saved(join(folder, 'a'), 1);
    await saved(join(folder, 'b'), 2);
    await truncate(join(folder, 'b', 'weights.bin'), 100);
    const weightless = await saved(join(folder, 'c'), 3);
    await writeFile(join(folder, 'd.json'), '{}');
    await written(join(folder, 'e'), 'model.json', 4);
    await writeFile(weightless, '{"modelTopology":{}}');
    expect(await newestModel(folder)).toBe(whole);
  });

  it('given none, or none that is whole, then the folder and what was found are told', async () => {
    const folder = await temporaryFolder();
    const empty = await errorOf('PRUNEFRONT_NIGHT_WITHOUT_INPUT', () => newestModel(folder));
    expect(empty.facts).toEqual({ place: folder, allowed: 'model.json with its weights, in it or in a folder of it' });
    const file = await written(join(folder, 'a'), 'model.json', 1);
    const unfinished = await errorOf('PRUNEFRONT_NIGHT_WITHOUT_INPUT', () => newestModel(folder));
    expect(unfinished.facts.found).toBe(`${file}, which is not whole`);
    await errorOf('PRUNEFRONT_NIGHT_WITHOUT_INPUT', () => newestModel(join(folder, 'nowhere')));
  });
});

describe('the newest data of a folder', () => {
  it('given a dataset of one file, then the newest file of the same ending takes its place', async () => {
    const folder = await temporaryFolder();
    await written(folder, 'old.csv', 1);
    const newest = await written(folder, 'new.csv', 2);
    await written(folder, 'new.csv.part', 3);
    expect(await newestData(folder, { csv: { file: '/data/first.csv', label: 'y' } })).toEqual({
      dataset: { csv: { file: newest, label: 'y' } },
      newest,
    });
  });

  it('given a dataset of two files, then the newest folder that has both takes their place', async () => {
    const folder = await temporaryFolder();
    for (const [day, name] of [
      [1, 'monday'],
      [2, 'tuesday'],
    ] as const) {
      await written(join(folder, name), 'images.idx', day);
      await written(join(folder, name), 'labels.idx.gz', day);
    }
    await written(join(folder, 'wednesday'), 'images.idx', 3);
    const newest = join(folder, 'tuesday');
    const idx = { images: '/data/images.idx', labels: '/data/labels.idx.gz' };
    expect(await newestData(folder, { idx })).toEqual({
      dataset: { idx: { images: join(newest, 'images.idx'), labels: join(newest, 'labels.idx.gz') } },
      newest,
    });
  });

  it('given none, then what is looked for is told', async () => {
    const folder = await temporaryFolder();
    const csv = { file: '/data/first.csv', label: 'y' };
    const error = await errorOf('PRUNEFRONT_NIGHT_WITHOUT_INPUT', () => newestData(folder, { csv }));
    expect(error.facts).toEqual({ place: folder, allowed: 'a file that ends in .csv' });
  });
});

describe('what is newest', () => {
  it('is what changed last, then what comes last by name', () => {
    const found = [
      { path: 'b', modifiedMs: 1 },
      { path: 'a', modifiedMs: 2 },
      { path: 'c', modifiedMs: 1 },
    ];
    expect(newestFirst(found).map(({ path }) => path)).toEqual(['a', 'c', 'b']);
  });
});
