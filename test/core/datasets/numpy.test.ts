import { beforeEach, describe, expect, it } from 'vitest';
import { readDataset } from '../../../core/datasets/index.js';
import { dataFile, npyBytes, npzBytes, PIXELS } from '../../support/data-files.js';
import { errorOf } from '../../support/errors.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = temporaryFolders();
let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

describe('NumPy', () => {
  const y = npyBytes('<i8', [2], BigInt64Array.from([1n, 0n]));
  const npy = async (x: Uint8Array, labels: Uint8Array = y) => ({
    npy: { x: await dataFile(folder, 'x.npy', x), y: await dataFile(folder, 'y.npy', labels) },
  });

  it.each([
    ['|u1', Uint8Array.from([1, 2, 3, 4])],
    ['|i1', Int8Array.from([-1, 2, 3, 4])],
    ['<i2', Int16Array.from([-1, 2, 3, 4])],
    ['<u2', Uint16Array.from([60_000, 2, 3, 4])],
    ['<i4', Int32Array.from([-1, 2, 3, 4])],
    ['<u4', Uint32Array.from([1, 2, 3, 4])],
    ['<f4', Float32Array.from([0.1, -2, 3, 4])],
    ['<f8', Float64Array.from([0.5, -2, 3, 4])],
  ] as const)('given elements %s, then they are read', async (descr, data) => {
    const found = await readDataset(await npy(npyBytes(descr, [2, 2], data)));
    expect([...found.x]).toEqual([...data]);
    expect([found.exampleShape, [...found.labels], found.classes]).toEqual([[2], [1, 0], 2]);
    expect(found.x).toBeInstanceOf(descr === '|u1' ? Uint8Array : Float32Array);
  });

  it('given an archive, then its arrays are found by name, and images get a channel', async () => {
    const file = await dataFile(
      folder,
      'data.npz',
      npzBytes({ images: npyBytes('|u1', [2, 2, 2], PIXELS.subarray(0, 8)), labels: y }),
    );
    const found = await readDataset({ npz: { file, x: 'images', y: 'labels' } });
    expect(found.exampleShape).toEqual([2, 2, 1]);
    const error = await errorOf('PRUNEFRONT_DATA_FORMAT', () =>
      readDataset({ npz: { file, x: 'image', y: 'labels' } }),
    );
    expect(error.facts).toEqual({
      place: 'dataset.npz.x',
      found: 'image',
      allowed: 'images, labels',
      hint: 'did you mean images?',
    });
    const { facts } = await errorOf('PRUNEFRONT_DATA_FORMAT', () =>
      readDataset({ npz: { file, x: 'images', y: 'kinds' } }),
    );
    expect(facts).toMatchObject({ place: 'dataset.npz.y', found: 'kinds', allowed: 'images, labels' });
  });

  it('given any cut of a file, then it is a format error and nothing else', async () => {
    const whole = npyBytes('<f4', [2, 2], Float32Array.from([1, 2, 3, 4]));
    for (let length = 0; length < whole.length; length += 3) {
      await errorOf('PRUNEFRONT_DATA_FORMAT', async () => readDataset(await npy(whole.subarray(0, length))));
    }
  });

  it('given a cut archive, then it is a format error', async () => {
    const whole = npzBytes({ x: npyBytes('<f4', [2, 2], Float32Array.from([1, 2, 3, 4])), y });
    const file = await dataFile(folder, 'cut.npz', whole.subarray(0, whole.length - 30));
    await errorOf('PRUNEFRONT_DATA_FORMAT', () => readDataset({ npz: { file, x: 'x', y: 'y' } }));
  });

  it('given Fortran order, strings or another file, then it is a format error', async () => {
    await errorOf('PRUNEFRONT_DATA_FORMAT', async () =>
      readDataset(await npy(npyBytes('<f4', [2, 2], new Float32Array(4), true))),
    );
    await errorOf('PRUNEFRONT_DATA_FORMAT', async () =>
      readDataset(await npy(npyBytes('<U1', [2, 2], new Float32Array(4)))),
    );
    await errorOf('PRUNEFRONT_DATA_FORMAT', async () => readDataset(await npy(Buffer.from('not numpy at all'))));
  });

  it.each([[-1], [0.5], [Number.NaN]])('given the label %d, then it is out of range', async (label) => {
    const x = npyBytes('<f4', [2, 2], new Float32Array(4));
    await errorOf('PRUNEFRONT_DATA_LABEL', async () =>
      readDataset(await npy(x, npyBytes('<f8', [2], Float64Array.from([0, label])))),
    );
  });

  it.each([
    ['<f4', Float32Array.from([1, 2, 3, Number.NaN])],
    ['<f4', Float32Array.from([1, 2, 3, -Infinity])],
    ['<f8', Float64Array.from([1, 2, 3, 1e39])],
  ] as const)('given what is no finite float32 among elements %s, then its example is told', async (descr, data) => {
    const error = await errorOf('PRUNEFRONT_DATA_FORMAT', async () =>
      readDataset(await npy(npyBytes(descr, [2, 2], data))),
    );
    expect(error.facts.place).toMatch(/x\.npy, example 1$/);
  });

  it('given examples that differ from the labels in number or hold nothing, then the shapes do not fit', async () => {
    const other = await errorOf('PRUNEFRONT_DATA_SHAPE', async () =>
      readDataset(await npy(npyBytes('<f4', [3, 1], new Float32Array(3)))),
    );
    expect(other.facts).toMatchObject({ found: '3 examples, 2 labels', allowed: 'one label for each example' });
    const nothing = await errorOf('PRUNEFRONT_DATA_SHAPE', async () =>
      readDataset(await npy(npyBytes('<f4', [2, 0], new Float32Array(0)))),
    );
    expect(nothing.facts).toMatchObject({ found: 'examples of shape [0]', allowed: 'at least one number in each' });
  });
});
