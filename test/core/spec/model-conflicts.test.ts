import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFiles } from '../../../core/models/model-file.js';
import type { Topology } from '../../../core/models/topology.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { functionalOf, type Layer, randomWeights, sequentialOf } from '../../support/tiny-networks.js';
import { change, parse, recovery, refusal } from './parse.js';

const layer = (class_name: string, name: string, config: Record<string, unknown> = {}): Layer => ({
  class_name,
  config: { name, ...config },
});
const conv = (name: string, filters: number, config: Record<string, unknown> = {}): Layer =>
  layer('Conv2D', name, { filters, kernel_size: [3, 3], padding: 'same', ...config });
const dense = (units: number): Layer => layer('Dense', 'out', { units, activation: 'softmax' });

const temporaryFolder = temporaryFolders(afterAll);
let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
});

/** The text for a model of its own. */
async function withModel(text: string, topology: Topology): Promise<string> {
  const { modelJson, weightsBin } = modelFiles(topology, randomWeights(topology, 1));
  await writeFile(join(folder, 'model.json'), modelJson);
  await writeFile(join(folder, 'weights.bin'), weightsBin);
  return text.replace('{ zoo: mnistCnn }', '{ file: ./model.json }');
}

describe('units that go with those of several layers', () => {
  const UNITS = change('weight, criterion: magnitude', 'unit, criterion: l1');
  /** Units of `plain` and of `squashed` side by side, added to those of one layer, before a padded convolution. */
  const joined = (...order: readonly string[]): Topology =>
    functionalOf(
      [28, 28, 1],
      [
        { ...conv('plain', 4, { activation: 'relu' }), from: ['input'] },
        { ...conv('squashed', 4, { activation: 'sigmoid' }), from: ['input'] },
        { ...layer('Concatenate', 'both'), from: order },
        { ...conv('beside', 8, { kernel_size: [1, 1], activation: 'relu' }), from: ['both'] },
        { ...layer('Add', 'sum'), from: ['both', 'beside'] },
        { ...conv('padded', 6), from: ['sum'] },
        { ...layer('GlobalAveragePooling2D', 'mean'), from: ['padded'] },
        { ...dense(10), from: ['mean'] },
      ],
    );

  it.each([
    ['first', joined('squashed', 'plain')],
    ['last', joined('plain', 'squashed')],
  ])(
    'given some %s among them that no bias can stand for, then they are refused before anything is trained',
    async (_, topology) => {
      expect(await refusal(await withModel(UNITS, topology), folder)).toMatchObject({
        code: 'PRUNEFRONT_SPEC_CONFLICT',
        place: 'sweep.yaml:6:26 space.method.granularity',
        message: expect.stringMatching(/^Units of squashed cannot go: .* layer padded,/),
      });
    },
  );
});

describe('a batch norm that runs at every step', () => {
  const stepwise = (norm: Record<string, unknown> = {}): Topology =>
    sequentialOf(
      [28, 28],
      [
        layer('Conv1D', 'conv', { filters: 4, kernel_size: [3] }),
        layer('TimeDistributed', 'norm', { layer: layer('BatchNormalization', 'inner', norm) }),
        layer('Flatten', 'flat'),
        dense(10),
      ],
    );
  const REESTIMATED = recovery('{ epochs: 0, learningRate: 0.0005, batchNorm: { batches: 2 } }');
  const PENALISED = change('optimizer: adam', 'optimizer: adam, penalty: { gamma: 1e-4 }');
  const SCALED = change('weight, criterion: magnitude', 'filter, criterion: batchNormScale');

  it.each([
    ['its statistics', REESTIMATED],
    ['a penalty on its scale', PENALISED],
    ['its scale as criterion', SCALED],
  ])('given %s, then it is one like any other', async (_, text) => {
    expect((await parse(await withModel(text, stepwise()), folder)).model).toMatchObject({ file: expect.anything() });
  });

  it.each([
    ['without scale', { scale: false }],
    ['frozen', { trainable: false }],
  ])('given it %s, then there is nothing to penalise', async (_, norm) => {
    expect(await refusal(await withModel(PENALISED, stepwise(norm)), folder)).toMatchObject({
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: expect.stringMatching(/baseline\.penalty\.gamma$/),
    });
  });
});
