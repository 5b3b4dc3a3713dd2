import { beforeEach, describe, expect, it } from 'vitest';
import { requireFit } from '../../../core/datasets/fit.js';
import { readDataset } from '../../../core/datasets/index.js';
import { loadPrepared, prepareDataset } from '../../../core/datasets/prepare.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import type { Task } from '../../../core/sweep/task.js';
import { dataFile, idxBytes, npyBytes, npzBytes } from '../../support/data-files.js';
import { errorOf } from '../../support/errors.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { sequentialOf } from '../../support/tiny-networks.js';

const temporaryFolder = temporaryFolders();
let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const REGRESSION: Task = { regression: { loss: 'meanSquaredError' } };
const SPLIT = { validation: 0.2, test: 0.2, seed: 1 };

describe('data of a regression', () => {
  it('given a CSV file, then its label column is the target, fractions and all', async () => {
    const file = await dataFile(folder, 'data.csv', 'a,price,b\n1,-0.5,2\n3,1e3,4\n');
    const found = await readDataset({ csv: { file, label: 'price' } }, 'regression');
    expect(found).toEqual({
      x: Float32Array.of(1, 2, 3, 4),
      exampleShape: [2],
      labels: new Int32Array(2),
      classes: 1,
      targets: { values: Float32Array.of(-0.5, 1000), shape: [1] },
    });
  });

  it('given a target that is no number, then it is refused with its place', async () => {
    const file = await dataFile(folder, 'data.csv', 'a,price\n1,2\n3,cheap\n');
    const error = await errorOf('PRUNEFRONT_DATA_FORMAT', () =>
      readDataset({ csv: { file, label: 'price' } }, 'regression'),
    );
    expect(error.facts).toMatchObject({ place: `${file}:3:2 price`, found: '"cheap"' });
  });

  it.each([
    ['one number each', [3], [1]],
    ['lists of one', [3, 1], [1]],
    ['lists of two', [3, 2], [2]],
  ])('given NumPy arrays with targets of %s, then they are read', async (_, shape, wanted) => {
    const values = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_each, i) => i / 4);
    const x = npyBytes('<f4', [3, 2], Float32Array.of(1, 2, 3, 4, 5, 6));
    const file = await dataFile(folder, 'data.npz', npzBytes({ x, y: npyBytes('<f8', shape, values) }));
    const { targets, labels } = await readDataset({ npz: { file, x: 'x', y: 'y' } }, 'regression');
    expect(targets).toEqual({ values: Float32Array.from(values), shape: wanted });
    expect(labels).toHaveLength(3);
  });

  it.each([
    ['of more axes', [3, 1, 2], 6, 'PRUNEFRONT_DATA_SHAPE'],
    ['in another number', [2], 2, 'PRUNEFRONT_DATA_SHAPE'],
  ] as const)('given targets %s, then they are refused', async (_, shape, count, code) => {
    const x = await dataFile(folder, 'x.npy', npyBytes('<f4', [3, 1], Float32Array.of(1, 2, 3)));
    const y = await dataFile(folder, 'y.npy', npyBytes('<f4', shape, new Float32Array(count)));
    await errorOf(code, () => readDataset({ npy: { x, y } }, 'regression'));
  });

  it('given a target that is not finite, then it is refused with its example', async () => {
    const x = await dataFile(folder, 'x.npy', npyBytes('<f4', [2, 1], Float32Array.of(1, 2)));
    const y = await dataFile(folder, 'y.npy', npyBytes('<f4', [2, 2], Float32Array.of(1, 2, 3, Number.NaN)));
    const error = await errorOf('PRUNEFRONT_DATA_LABEL', () => readDataset({ npy: { x, y } }, 'regression'));
    expect(error.facts).toMatchObject({ place: `${x}, example 1`, found: 'NaN' });
  });

  it('given it is prepared, then targets come back, and the split has nothing to keep in proportion', async () => {
    const store = await openFolderStore(folder);
    const rows = Array.from({ length: 20 }, (_, i) => `${i},${i / 2}`);
    const file = await dataFile(folder, 'data.csv', `a,b\n${rows.join('\n')}\n`);
    const { key, ...counts } = await prepareDataset({ csv: { file, label: 'b' } }, SPLIT, store, 'regression');
    expect(counts).toEqual({ train: 12, validation: 4, test: 4, exampleShape: [1], classes: 1 });
    const { targets } = await loadPrepared(store, key);
    expect(targets).toEqual({ values: Float32Array.from(rows, (_, i) => i / 2), shape: [1] });
    expect(key).not.toBe((await prepareDataset({ csv: { file, label: 'a' } }, SPLIT, store, 'regression')).key);
  });

  it('given a model, then its output has to have a number a target', async () => {
    const targets = { values: new Float32Array(4), shape: [2] };
    const data = { exampleShape: [3], classes: 1, targets };
    const model = (units: number) => sequentialOf([3], [{ class_name: 'Dense', config: { name: 'out', units } }]);
    requireFit(model(2), data, REGRESSION);
    const error = await errorOf('PRUNEFRONT_DATA_SHAPE', () => requireFit(model(1), data, REGRESSION));
    expect(error.facts).toEqual({
      place: 'model',
      found: 'an output of shape [1]',
      allowed: '[2], one number a target',
    });
  });
});

describe('data of a reconstruction', () => {
  it('given images alone, then they are enough, and prepared labels are the numbers of the examples', async () => {
    const store = await openFolderStore(folder);
    const images = await dataFile(
      folder,
      'images',
      idxBytes(
        [10, 2, 2],
        new Uint8Array(40).map((_, i) => i),
      ),
    );
    const { key } = await prepareDataset({ idx: { images } }, SPLIT, store, 'reconstruction');
    const data = await loadPrepared(store, key);
    expect([...data.labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([data.train.length, data.validation.length, data.test.length]).toEqual([6, 2, 2]);
    expect(data).not.toHaveProperty('targets');
  });

  it('given labels that are no classes, then nobody looks at them', async () => {
    const file = await dataFile(folder, 'data.csv', 'a,b,note\n1,2,\n3,4,0.5\n');
    const { x, labels } = await readDataset({ csv: { file, label: 'note' } }, 'reconstruction');
    expect([x, labels]).toEqual([Float32Array.of(1, 2, 3, 4), new Int32Array(2)]);
  });
});
