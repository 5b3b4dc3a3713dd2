import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDataset } from '../../../core/datasets/index.js';
import { newestData } from '../../../core/nightly/watched-folder.js';
import { loadPlugin } from '../../../core/plugins/load-plugin.js';
import { fileHashes } from '../../../core/spec/named-files.js';
import { parseSpec } from '../../../core/spec/parse-spec.js';
import { errorOf } from '../../support/errors.js';
import { pluginFile } from '../../support/plugins.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { change, parse, refusal } from '../spec/parse.js';

/** Reads a text of digits as examples of one number and their labels. */
const READER = `{
  readers: [{
    name: 'digits', summary: 'Digits of a text.', source: 'a test',
    settings: {
      file: { kind: 'file', description: 'The text.' },
      note: { kind: 'text', description: 'A note.', optional: true },
      shift: { kind: 'number', description: 'Added to the labels.', default: 0 },
    },
    async read({ file, shift }, task) {
      const { readFile } = await import('node:fs/promises');
      const digits = [...(await readFile(file, 'utf8')).trim()].map(Number);
      if (task !== 'classification') throw new Error('no targets');
      const labels = Int32Array.from(digits, (digit) => digit + shift);
      return { x: Float32Array.from(digits), exampleShape: [1], labels, classes: 10 };
    },
  }],
}`;

describe('a reader of a plugin', () => {
  const temporaryFolder = temporaryFolders(afterAll);
  let folder: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    await loadPlugin(await pluginFile(folder, READER));
    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'data', 'digits.txt'), '0123\n');
  });

  const withData = (data: string) => change('dataset: mnist', `dataset: ${data}`);

  it('given a spec that names it, then its files are absolute, its defaults filled in, and its data read', async () => {
    const { dataset } = await parse(withData('{ digits: { file: data/digits.txt } }'), folder);
    expect(dataset).toEqual({ reader: { digits: { file: join(folder, 'data', 'digits.txt'), shift: 0 } } });
    expect([...(await readDataset(dataset)).x]).toEqual([0, 1, 2, 3]);
  });

  it('given its file, then it is a part of what the sweep is, as the plugin is', async () => {
    const spec = await parse(withData('{ digits: { file: data/digits.txt, note: x } }'), folder);
    expect(Object.keys(await fileHashes(spec))).toEqual([join(folder, 'data', 'digits.txt'), 'reader digits']);
  });

  it.each([
    ['{ digits: { file: none.txt } }', 'PRUNEFRONT_DATA_NOT_FOUND', 'dataset.digits.file'],
    ['{ digits: {} }', 'PRUNEFRONT_SPEC_MISSING', 'dataset.digits.file'],
    ['{ digits: { file: data/digits.txt, shift: a } }', 'PRUNEFRONT_SPEC_TYPE', 'dataset.digits.shift'],
    ['{ digits: { file: data/digits.txt, shfit: 1 } }', 'PRUNEFRONT_SPEC_UNKNOWN_KEY', 'dataset.digits.shfit'],
  ])('given dataset %s, then it is refused at its place', async (data, code, place) => {
    expect(await refusal(withData(data), folder)).toMatchObject({ code, place: expect.stringContaining(place) });
  });

  it('given a file outside of the folder that a gateway takes files of, then it is refused', async () => {
    const within = join(folder, 'data');
    const text = withData('{ digits: { file: ../plugin.mjs } }');
    const parsed = parseSpec({ text, fileName: 'sweep.yaml', baseFolder: within, within });
    const { facts } = await errorOf('PRUNEFRONT_SPEC_VALUE', () => parsed);
    expect(facts.place).toContain('dataset.digits.file');
  });

  it('given labels that are none, then they are refused, as those of built-in readers are', async () => {
    const file = join(folder, 'data', 'digits.txt');
    await errorOf('PRUNEFRONT_DATA_LABEL', () => readDataset({ reader: { digits: { file, shift: 8 } } }));
  });

  it('given a watched folder, then the newest file of the same ending takes the place of its file', async () => {
    const watched = join(folder, 'watched');
    await mkdir(watched);
    await writeFile(join(watched, 'night.txt'), '3210\n');
    const before = { reader: { digits: { file: join(folder, 'data', 'digits.txt'), shift: 0 } } };
    const { dataset, newest } = await newestData(watched, before);
    expect(newest).toBe(join(watched, 'night.txt'));
    expect(dataset).toEqual({ reader: { digits: { file: newest, shift: 0 } } });
  });
});
