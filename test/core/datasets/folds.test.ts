import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPrepared, prepareDataset, prepareFolds } from '../../../core/datasets/prepare.js';
import { splitIntoFolds } from '../../../core/datasets/split.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import { dataFile, idxBytes } from '../../support/data-files.js';
import { errorOf } from '../../support/errors.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const labelled = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 40, max: 60 }), fc.nat(99))
  .map(([classes, size, offset]) => ({
    classes,
    labels: Int32Array.from({ length: size * classes + offset }, (_, i) => (i * 7 + offset) % classes),
  }));
const counts = fc.integer({ min: 2, max: 20 });
const fractions = fc.double({ min: 0.05, max: 0.5, noNaN: true });

/** Examples of a class in a part. */
const of = (part: Int32Array, labels: Int32Array, label: number): number =>
  part.filter((i) => labels[i] === label).length;
const spread = (sizes: readonly number[]): number => Math.max(...sizes) - Math.min(...sizes);

describe('folds', () => {
  it('given any labels, then the test split is that of all folds, and each other example is in one validation split and trains in all others', () => {
    fc.assert(
      fc.property(labelled, counts, fractions, fc.nat(), ({ labels, classes }, folds, test, seed) => {
        const splits = splitIntoFolds(labels, classes, { folds, test, seed });
        expect(splits).toHaveLength(folds);
        const everything = Array.from(labels, (_, i) => i);
        const tested = splits[0]?.test ?? new Int32Array();
        for (const split of splits) {
          expect(split.test).toEqual(tested);
          const all = [...split.train, ...split.validation, ...split.test];
          expect(all.sort((a, b) => a - b)).toEqual(everything);
        }
        const validated = [...splits.flatMap(({ validation }) => [...validation]), ...tested];
        expect(validated.sort((a, b) => a - b)).toEqual(everything);
      }),
    );
  });

  it('given any labels, then each class has its share in the test split, and folds differ by one example at most, in each class and in all', () => {
    fc.assert(
      fc.property(labelled, counts, fractions, fc.nat(), ({ labels, classes }, folds, test, seed) => {
        const splits = splitIntoFolds(labels, classes, { folds, test, seed });
        expect(spread(splits.map(({ validation }) => validation.length))).toBeLessThanOrEqual(1);
        for (let label = 0; label < classes; label++) {
          const size = of(Int32Array.from(labels.keys()), labels, label);
          expect(of(splits[0]?.test ?? new Int32Array(), labels, label)).toBe(Math.round(size * test));
          expect(spread(splits.map(({ validation }) => of(validation, labels, label)))).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('given a seed, then it decides the folds', () => {
    const labels = Int32Array.from({ length: 100 }, (_, i) => i % 2);
    const at = (seed: number) => splitIntoFolds(labels, 2, { folds: 4, test: 0.2, seed });
    expect(at(3)).toEqual(at(3));
    expect(at(3)).not.toEqual(at(4));
  });

  it('given the seed 1, then they are these very folds: a stage key stands for the data it was trained on', () => {
    const labels = Int32Array.from({ length: 14 }, (_, i) => i % 2);
    const splits = splitIntoFolds(labels, 2, { folds: 3, test: 0.2, seed: 1 });
    expect([[...(splits[0]?.test ?? [])], ...splits.map(({ validation }) => [...validation])]).toEqual([
      [3, 12],
      [1, 4, 8, 9],
      [5, 6, 7, 10],
      [0, 2, 11, 13],
    ]);
  });

  it('given more examples than a call can have arguments, then they are divided', () => {
    const [first] = splitIntoFolds(new Int32Array(300_000), 1, { folds: 3, test: 0.5, seed: 1 });
    expect([first?.train.length, first?.test.length]).toEqual([100_000, 150_000]);
  });

  it.each([
    ['a class with one example that is not tested', [0, 0, 0, 0, 0, 0, 1], 2, 'split.train', '1 examples of class 1'],
    ['fewer examples than folds', [0, 0, 0, 0], 1, 'split.folds', '4 examples of 1 classes'],
    ['a test split without an example', [0, 0], 1, 'split.test', '2 examples of 1 classes'],
  ] as const)('given %s, then it is told', async (_, labels, classes, place, found) => {
    const error = await errorOf('PRUNEFRONT_DATA_SHAPE', () =>
      splitIntoFolds(Int32Array.from(labels), classes, { folds: 4, test: 0.2, seed: 1 }),
    );
    expect(error.facts).toMatchObject({ place, found });
  });
});

describe('prepared folds', () => {
  const temporaryFolder = temporaryFolders();

  it('given files, then each fold is a data set of its own, all of the same examples, which come back', async () => {
    const folder = await temporaryFolder();
    const store = await openFolderStore(folder);
    const pixels = Uint8Array.from({ length: 40 * 4 }, (_, i) => i % 251);
    const labels = Array.from({ length: 40 }, (_, i) => i % 2);
    const source = {
      idx: {
        images: await dataFile(folder, 'images', idxBytes([40, 2, 2], pixels)),
        labels: await dataFile(folder, 'labels', idxBytes([40], labels)),
      },
    };
    const split = { folds: 4, test: 0.2, seed: 1 };
    const prepared = await prepareFolds(source, split, store);
    expect(prepared).toHaveLength(4);
    for (const each of prepared)
      expect(each).toMatchObject({ train: 24, validation: 8, test: 8, exampleShape: [2, 2, 1], classes: 2 });
    const keys = prepared.map(({ key }) => key);
    expect(new Set(keys).size).toBe(4);
    expect((await prepareFolds(source, split, store)).map(({ key }) => key)).toEqual(keys);
    const loaded = await Promise.all(keys.map((key) => loadPrepared(store, key)));
    const { key } = await prepareDataset(source, { validation: 0.2, test: 0.2, seed: 1 }, store);
    const whole = await loadPrepared(store, key);
    for (const { x, labels: found, exampleShape, classes } of loaded)
      expect({ x, labels: found, exampleShape, classes }).toEqual({
        ...{ x: whole.x, labels: whole.labels, exampleShape: whole.exampleShape, classes: whole.classes },
      });
    expect(loaded.flatMap(({ validation }) => [...validation])).toHaveLength(32);
  });
});
