import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPrepared, prepareDataset } from '../../../core/datasets/prepare.js';
import { splitByLabel } from '../../../core/datasets/split.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import { dataFile, idxBytes } from '../../support/data-files.js';
import { errorOf } from '../../support/errors.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const labelled = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 10, max: 60 }), fc.nat(99))
  .map(([classes, size, offset]) => ({
    classes,
    labels: Int32Array.from({ length: size * classes }, (_, i) => (i * 7 + offset) % classes),
  }));

describe('the split', () => {
  it('given any labels, then every example is in exactly one part, and each class has its share in each', () => {
    fc.assert(
      fc.property(
        labelled,
        fc.double({ min: 0.1, max: 0.4, noNaN: true }),
        fc.double({ min: 0.1, max: 0.4, noNaN: true }),
        fc.nat(),
        ({ labels, classes }, validation, test, seed) => {
          const parts = splitByLabel(labels, classes, { validation, test, seed });
          const all = [...parts.train, ...parts.validation, ...parts.test];
          expect([...all].sort((a, b) => a - b)).toEqual(Array.from(labels, (_, i) => i));
          for (let label = 0; label < classes; label++) {
            const of = (part: Int32Array): number => part.filter((i) => labels[i] === label).length;
            const size = labels.filter((each) => each === label).length;
            expect(of(parts.validation)).toBe(Math.round(size * validation));
            expect(of(parts.test)).toBe(Math.round(size * test));
          }
        },
      ),
    );
  });

  it('given a seed, then it decides the split', () => {
    const labels = Int32Array.from({ length: 100 }, (_, i) => i % 2);
    const of = (seed: number) => splitByLabel(labels, 2, { validation: 0.2, test: 0.2, seed });
    expect(of(3)).toEqual(of(3));
    expect(of(3)).not.toEqual(of(4));
  });

  it('given the seed 1, then it is this very split: a stage key stands for the data it was trained on', () => {
    const labels = Int32Array.from({ length: 20 }, (_, i) => i % 2);
    const { train, validation, test } = splitByLabel(labels, 2, { validation: 0.2, test: 0.3, seed: 1 });
    expect([[...train], [...validation], [...test]]).toEqual([
      [0, 1, 4, 6, 7, 8, 13, 14, 15, 17],
      [3, 5, 12, 18],
      [2, 9, 10, 11, 16, 19],
    ]);
  });

  it('given more examples than a call can have arguments, then they are split', () => {
    const { train } = splitByLabel(new Int32Array(300_000), 1, { validation: 0.1, test: 0.1, seed: 1 });
    expect(train.length).toBe(240_000);
  });

  it.each([
    ['with too few for a training example', [0, 0, 0, 0, 0, 0, 0, 0, 1], 2, '1 examples of class 1', undefined],
    ['without any', [0, 0, 0, 0, 2, 2, 2, 2], 3, '0 examples of class 1', 'number the labels from 0, without gaps'],
  ] as const)('given a class %s, then it is told', async (_, labels, classes, found, hint) => {
    const error = await errorOf('PRUNEFRONT_DATA_SHAPE', () =>
      splitByLabel(Int32Array.from(labels), classes, { validation: 0.5, test: 0.25, seed: 1 }),
    );
    expect(error.facts).toMatchObject({ place: 'split.train', found });
    expect(error.facts.hint).toBe(hint);
  });

  it('given too few examples, then the empty part is told', async () => {
    const error = await errorOf('PRUNEFRONT_DATA_SHAPE', () =>
      splitByLabel(Int32Array.from([0, 1]), 2, { validation: 0.1, test: 0.1, seed: 1 }),
    );
    expect(error.facts.place).toBe('split.validation');
  });
});

describe('a prepared data set', () => {
  const temporaryFolder = temporaryFolders();

  it('given files, then equal content and split have one key, and what is stored comes back', async () => {
    const folder = await temporaryFolder();
    const store = await openFolderStore(folder);
    const pixels = Uint8Array.from({ length: 40 * 4 }, (_, i) => i % 251);
    const source = {
      idx: {
        images: await dataFile(folder, 'images', idxBytes([40, 2, 2], pixels), true),
        labels: await dataFile(
          folder,
          'labels',
          idxBytes(
            [40],
            Array.from({ length: 40 }, (_, i) => i % 2),
          ),
        ),
      },
    };
    const split = { validation: 0.2, test: 0.3, seed: 1 };
    const prepared = await prepareDataset(source, split, store);
    expect(prepared).toMatchObject({ train: 20, validation: 8, test: 12, exampleShape: [2, 2, 1], classes: 2 });
    expect((await prepareDataset(source, split, store)).key).toBe(prepared.key);
    expect((await prepareDataset(source, { ...split, seed: 2 }, store)).key).not.toBe(prepared.key);
    const loaded = await loadPrepared(store, prepared.key);
    expect(loaded.x).toEqual(pixels);
    expect([loaded.train.length, loaded.validation.length, loaded.test.length, loaded.classes]).toEqual([20, 8, 12, 2]);
  });
});
