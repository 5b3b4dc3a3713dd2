import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { beforeEach, describe, expect, it } from 'vitest';
import { readDataset } from '../../../core/datasets/index.js';
import { dataFile, idxBytes, PIXELS } from '../../support/data-files.js';
import { errorOf } from '../../support/errors.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = temporaryFolders();
let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const LABELS = Uint8Array.from([2, 0, 1]);

describe('the embedded MNIST', () => {
  it('given nothing, then it is the 10,000 images with every digit about a tenth', async () => {
    const { x, exampleShape, labels, classes } = await readDataset({ builtin: 'mnist' });
    expect([x.length, exampleShape, labels.length, classes]).toEqual([10_000 * 784, [28, 28, 1], 10_000, 10]);
    for (let digit = 0; digit < 10; digit++) {
      const count = labels.filter((label) => label === digit).length;
      expect(count).toBeGreaterThan(800);
      expect(count).toBeLessThan(1200);
    }
    expect(Math.max(...x.subarray(0, 100_000))).toBe(255);
  });

  it('given the zeros of the package, then their three decimals are exactly the bytes over 255', async () => {
    const file = createRequire(import.meta.url).resolve('mnist/src/digits/0.json');
    const { data } = JSON.parse(await readFile(file, 'utf8')) as { data: number[] };
    const { x } = await readDataset({ builtin: 'mnist' });
    const differing = data.findIndex((value, i) => Number(((x[i] ?? 0) / 255).toFixed(3)) !== value);
    expect(differing).toBe(-1);
  });
});

describe('IDX', () => {
  const idx = async (images: Uint8Array, labels: Uint8Array, gzip = false) => ({
    idx: {
      images: await dataFile(folder, 'images', images, gzip),
      labels: await dataFile(folder, 'labels', labels, gzip),
    },
  });
  const images = idxBytes([3, 2, 2], PIXELS);
  const labels = idxBytes([3], LABELS);

  it.each([
    ['plain', false],
    ['gzip', true],
  ])('given %s files, then bytes stay bytes and images get a channel', async (_, gzip) => {
    const found = await readDataset(await idx(images, labels, gzip));
    expect({ ...found, x: [...found.x], labels: [...found.labels] }).toEqual({
      x: [...PIXELS],
      exampleShape: [2, 2, 1],
      labels: [2, 0, 1],
      classes: 3,
    });
  });

  it('given a truncated file, then both sizes are told', async () => {
    const error = await errorOf('PRUNEFRONT_DATA_FORMAT', async () =>
      readDataset(await idx(images.subarray(0, 20), labels)),
    );
    expect(error.facts).toMatchObject({
      place: expect.stringContaining('images'),
      found: '20 bytes',
      allowed: expect.stringContaining('28 bytes'),
    });
  });

  it('given any other cut, then it is a format error and nothing else', async () => {
    for (let length = 0; length < images.length; length++) {
      await errorOf('PRUNEFRONT_DATA_FORMAT', async () => readDataset(await idx(images.subarray(0, length), labels)));
    }
  });

  it('given a cut gzip file, then it is a format error', async () => {
    const source = await idx(images, labels, true);
    await writeFile(source.idx.images, (await readFile(source.idx.images)).subarray(0, 20));
    await errorOf('PRUNEFRONT_DATA_FORMAT', () => readDataset(source));
  });

  it('given another kind of file or element, then it is a format error', async () => {
    await errorOf('PRUNEFRONT_DATA_FORMAT', async () => readDataset(await idx(Buffer.from('PNG image'), labels)));
    const floats = Buffer.from(images);
    floats[2] = 0x0d;
    await errorOf('PRUNEFRONT_DATA_FORMAT', async () => readDataset(await idx(floats, labels)));
    await errorOf('PRUNEFRONT_DATA_FORMAT', async () => readDataset(await idx(images, images)));
  });

  it('given more labels than images, then the shapes do not fit', async () => {
    const error = await errorOf('PRUNEFRONT_DATA_SHAPE', async () =>
      readDataset(await idx(images, idxBytes([4], [0, 1, 2, 0]))),
    );
    expect(error.facts.found).toBe('3 images, 4 labels');
  });

  it('given no such file, then its path is told', async () => {
    const error = await errorOf('PRUNEFRONT_DATA_NOT_FOUND', () =>
      readDataset({ idx: { images: '/nowhere/images', labels: '/nowhere/labels' } }),
    );
    expect(error.facts).toMatchObject({ place: '/nowhere/images', found: 'ENOENT' });
  });
});

describe('CSV', () => {
  const csv = async (text: string, label = 'kind') => ({
    csv: { file: await dataFile(folder, 'data.csv', text), label },
  });

  it('given integer labels, then they are the classes', async () => {
    const found = await readDataset(await csv('a,kind,b\n1.5,2,-3\n 4 ,0,5e-1\n'));
    expect({ ...found, x: [...found.x], labels: [...found.labels] }).toEqual({
      x: [1.5, -3, 4, 0.5],
      exampleShape: [2],
      labels: [2, 0],
      classes: 3,
    });
  });

  it('given names as labels, a byte order mark, quotes, CRLF and empty lines, then classes are the sorted names', async () => {
    const found = await readDataset(await csv('\ufeff"a",kind\r\n"1",zebra\r\n\r\n2,ape\r\n'));
    expect([...found.labels]).toEqual([1, 0]);
    expect(found.classes).toBe(2);
  });

  it('given a ragged row, then its line is told', async () => {
    const error = await errorOf('PRUNEFRONT_DATA_FORMAT', async () => readDataset(await csv('a,kind\n1,0\n2,1,9\n')));
    expect(error.facts.place).toMatch(/data\.csv:3$/);
    expect(error.facts.allowed).toBe('2 columns');
  });

  it.each(['x', '', 'NaN', 'Infinity', '1e39'])('given the cell %j, then line and column are told', async (cell) => {
    const error = await errorOf('PRUNEFRONT_DATA_FORMAT', async () =>
      readDataset(await csv(`a,kind\n1,0\n${cell},1\n`)),
    );
    expect(error.facts.place).toMatch(/data\.csv:3:1 a$/);
  });

  it.each([
    ['a negative one', '-1'],
    ['a fraction', '1.5'],
    ['none', ''],
    ['one larger than any class', '65536'],
    ['one that would wrap around to 0', '4294967296'],
  ])('given %s among the labels, then its line and column are told', async (_, label) => {
    const error = await errorOf('PRUNEFRONT_DATA_LABEL', async () =>
      readDataset(await csv(`a,kind\n1,0\n2,${label}\n`)),
    );
    expect(error.facts).toMatchObject({
      place: expect.stringMatching(/data\.csv:3:2 kind$/),
      found: JSON.stringify(label),
    });
  });

  it('given whole numbers with decimals as labels, then they are classes by value and not by spelling', async () => {
    const found = await readDataset(await csv('a,kind\n1,10.0\n2,2.0\n3,2\n'));
    expect([[...found.labels], found.classes]).toEqual([[10, 2, 2], 11]);
  });

  it('given a column of identifiers as labels, then it is refused', async () => {
    const rows = Array.from({ length: 65_537 }, (_, i) => `0,id${i}`);
    const error = await errorOf('PRUNEFRONT_DATA_LABEL', async () =>
      readDataset(await csv(`a,kind\n${rows.join('\n')}`)),
    );
    expect(error.facts.place).toMatch(/data\.csv:65538:2 kind$/);
  });

  it('given more rows than fit at first, then all are there in order', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `${i},${i % 3},${i / 4}`);
    const found = await readDataset(await csv(`a,kind,b\n${rows.join('\n')}\n`));
    expect([...found.x]).toEqual(Array.from({ length: 5000 }, (_, i) => [i, i / 4]).flat());
    expect([...found.labels]).toEqual(Array.from({ length: 5000 }, (_, i) => i % 3));
  });

  it('given two columns of the label’s name or none beside it, then it is a format error', async () => {
    await errorOf('PRUNEFRONT_DATA_FORMAT', async () => readDataset(await csv('kind,kind\n1,0\n')));
    await errorOf('PRUNEFRONT_DATA_FORMAT', async () => readDataset(await csv('kind\n1\n')));
  });

  it('given a misspelt label column, then the nearest is told', async () => {
    const error = await errorOf('PRUNEFRONT_DATA_FORMAT', async () => readDataset(await csv('a,kind\n1,0\n', 'kinds')));
    expect(error.facts).toEqual({
      place: 'dataset.csv.label',
      found: 'kinds',
      allowed: 'a, kind',
      hint: 'did you mean kind?',
    });
  });

  it.each([
    ['nothing', ''],
    ['a header alone', 'a,kind\n'],
    ['an open quote', 'a,kind\n"1,0\n'],
  ])('given %s, then it is a format error', async (_, text) => {
    await errorOf('PRUNEFRONT_DATA_FORMAT', async () => readDataset(await csv(text)));
  });

  it.each([
    ['no such file', () => '/nowhere.csv', 'ENOENT'],
    ['a folder, which fails only once it is read', () => folder, 'EISDIR'],
  ])('given %s, then it is told', async (_, file, found) => {
    const error = await errorOf('PRUNEFRONT_DATA_NOT_FOUND', () => readDataset({ csv: { file: file(), label: 'y' } }));
    expect(error.facts).toMatchObject({ place: file(), found });
  });
});
