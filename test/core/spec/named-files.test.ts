import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialWeights } from '../../../core/models/initial-weights.js';
import { modelFiles } from '../../../core/models/model-file.js';
import { conv, fullyConnected, sequential } from '../../../core/models/zoo/sequential.js';
import { fileHashes } from '../../../core/spec/named-files.js';
import { manyEnded, writeModel } from '../../support/model-folders.js';
import { change, EXAMPLES, parse, refusal } from './parse.js';

const OWN_MODEL = change('{ zoo: mnistCnn }', '{ file: ./model.json }');

let folder: string;

async function saveModel(layers: Parameters<typeof sequential>[2], shape: readonly number[] = [2]): Promise<void> {
  const topology = sequential('own', shape, layers);
  const { modelJson, weightsBin } = modelFiles(topology, initialWeights(topology, 1));
  await writeFile(join(folder, 'model.json'), modelJson);
  await writeFile(join(folder, 'weights.bin'), weightsBin);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prunefront-spec-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the model file of a spec', () => {
  it('given a saved model, then it may be taken as it is, without training', async () => {
    await saveModel([fullyConnected('hidden', 4, 'relu'), fullyConnected('dense', 2, 'softmax')]);
    const spec = await parse(OWN_MODEL.replace('epochs: 2', 'epochs: 0'), folder);
    expect(spec).toMatchObject({ model: { file: join(folder, 'model.json') }, baseline: { epochs: 0 } });
  });

  it('given a name that is not there, then the nearest file of the folder is the hint', async () => {
    await saveModel([fullyConnected('dense', 2, 'softmax')]);
    expect(await refusal(OWN_MODEL.replace('model.json', 'modle.json'), folder)).toMatchObject({
      code: 'PRUNEFRONT_MODEL_NOT_FOUND',
      place: 'sweep.yaml:2:16 model.file',
      found: `${join(folder, 'modle.json')} (does not exist)`,
      hint: 'did you mean model.json?',
    });
  });

  it('given a folder in place of its model.json, then it is said to be a folder', async () => {
    expect(await refusal(OWN_MODEL.replace('./model.json', '.'), folder)).toMatchObject({
      code: 'PRUNEFRONT_MODEL_NOT_FOUND',
      found: `${folder} (is a folder)`,
    });
  });

  it('given a model JSON without weights, then it is refused where the spec names it', async () => {
    await saveModel([fullyConnected('dense', 2, 'softmax')]);
    const path = join(folder, 'model.json');
    const { weightsManifest: _, ...bare } = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    await writeFile(path, JSON.stringify(bare));
    expect(await refusal(OWN_MODEL, folder)).toMatchObject({
      code: 'PRUNEFRONT_MODEL_FORMAT',
      place: 'sweep.yaml:2:16 model.file',
      found: `${path}: a model.json without weights`,
    });
  });

  it('given a weight file that is missing or cut off, then it is refused', async () => {
    await saveModel([fullyConnected('dense', 2, 'softmax')]);
    await writeFile(join(folder, 'weights.bin'), Buffer.alloc(5));
    expect(await refusal(OWN_MODEL, folder)).toMatchObject({ code: 'PRUNEFRONT_MODEL_FORMAT' });
    await rm(join(folder, 'weights.bin'));
    expect(await refusal(OWN_MODEL, folder)).toMatchObject({
      code: 'PRUNEFRONT_MODEL_NOT_FOUND',
      place: 'sweep.yaml:2:16 model.file',
      found: `${join(folder, 'weights.bin')}: ENOENT`,
    });
  });

  it('given a file that is no JSON, then it is refused', async () => {
    await writeFile(join(folder, 'model.json'), 'not JSON');
    expect(await refusal(OWN_MODEL, folder)).toMatchObject({ code: 'PRUNEFRONT_MODEL_FORMAT' });
  });

  it('given a layer with a setting that nothing here runs, then it is refused by name before anything is trained', async () => {
    await saveModel(
      [
        conv('conv', 4, 2, 'relu'),
        { class_name: 'Flatten', config: { name: 'flat' } },
        fullyConnected('dense', 2, 'softmax'),
      ],
      [4, 4, 2],
    );
    const path = join(folder, 'model.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"filters":4', '"filters":4,"groups":2'));
    expect(await refusal(OWN_MODEL, folder)).toMatchObject({
      code: 'PRUNEFRONT_MODEL_UNSUPPORTED',
      message: 'Layer conv convolves in groups',
      place: 'sweep.yaml:2:16 model.file',
      found: 'conv: groups: 2',
      allowed: 'groups: 1',
    });
  });

  it.each([
    ['two inputs', { inputs: 2, outputs: 1 }, 'two: 2 inputs: in0, in1', '1 input'],
    ['two outputs', { inputs: 1, outputs: 2 }, 'two: 2 outputs: out0, out1', '1 output'],
  ])('given a model of %s, then it is refused with what it has', async (_, counts, found, allowed) => {
    await writeModel(folder, manyEnded(counts));
    expect(await refusal(OWN_MODEL, folder)).toMatchObject({
      code: 'PRUNEFRONT_MODEL_UNSUPPORTED',
      place: 'sweep.yaml:2:16 model.file',
      found,
      allowed,
    });
  });

  it('given a layer that is called twice, then it is refused with what is allowed', async () => {
    await writeModel(folder, manyEnded({ inputs: 1, outputs: 1 }));
    const path = join(folder, 'model.json');
    const once = '[[["in0",0,0,{}]]]';
    const text = await readFile(path, 'utf8');
    expect(text).toContain(once);
    await writeFile(path, text.replace(once, '[[["in0",0,0,{}]],[["in0",0,0,{}]]]'));
    expect(await refusal(OWN_MODEL, folder)).toMatchObject({
      code: 'PRUNEFRONT_MODEL_UNSUPPORTED',
      place: 'sweep.yaml:2:16 model.file',
      found: 'out0: a layer that is called more than once',
      allowed: 'a layer of its own for each call',
    });
  });

  it('given a last layer of sigmoids, then it is refused before anything is trained', async () => {
    await saveModel([fullyConnected('dense', 2, 'sigmoid')]);
    expect(await refusal(OWN_MODEL, folder)).toMatchObject({
      code: 'PRUNEFRONT_MODEL_UNSUPPORTED',
      found: 'dense: sigmoid',
      allowed: 'softmax, linear',
    });
  });

  it('given neurons to prune and no hidden layer, then the contradiction is told', async () => {
    await saveModel([fullyConnected('dense', 2, 'softmax')]);
    const text = OWN_MODEL.replace('weight, criterion: magnitude', 'neuron, criterion: l1');
    expect(await refusal(text, folder)).toMatchObject({
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:6:26 space.method.granularity',
      allowed: 'weight, block',
    });
  });

  it('given filters whose silence no bias can take over, then they are refused before anything is trained', async () => {
    const { class_name, config } = conv('padded', 4, 3, 'relu');
    const padded = { class_name, config: { ...config, padding: 'same' } };
    const flat = { class_name: 'Flatten', config: { name: 'flat' } };
    await saveModel(
      [conv('squashed', 4, 3, 'sigmoid'), padded, flat, fullyConnected('dense', 10, 'softmax')],
      [28, 28, 1],
    );
    const text = OWN_MODEL.replace('weight, criterion: magnitude', 'filter, criterion: l1');
    const error = await refusal(text, folder);
    expect(error).toMatchObject({
      code: 'PRUNEFRONT_SPEC_CONFLICT',
      place: 'sweep.yaml:6:26 space.method.granularity',
    });
    expect(error.message).toMatch(/^Units of squashed cannot go: .*padded/);
    const excluded = text.replace('scope: global', 'scope: global, layers: { squashed: { exclude: true } }');
    expect(await parse(excluded, folder)).toMatchObject({ space: { method: [{ granularity: 'filter' }] } });
  });
});

describe('the data files of a spec', () => {
  it.each([
    ['{ idx: { images: none, labels: data/spirals.csv } }', 'dataset.idx.images'],
    ['{ idx: { images: data/spirals.csv, labels: none } }', 'dataset.idx.labels'],
    ['{ csv: { file: none, label: y } }', 'dataset.csv.file'],
    ['{ npz: { file: none, x: x, y: y } }', 'dataset.npz.file'],
    ['{ npy: { x: none, y: data/spirals.csv } }', 'dataset.npy.x'],
    ['{ npy: { x: data/spirals.csv, y: none } }', 'dataset.npy.y'],
  ])('given %s, then the missing file is told', async (dataset, path) => {
    const error = await refusal(change('dataset: mnist', `dataset: ${dataset}`));
    expect(error).toMatchObject({
      code: 'PRUNEFRONT_DATA_NOT_FOUND',
      found: `${join(EXAMPLES, 'none')} (does not exist)`,
    });
    expect(error.place?.endsWith(` ${path}`)).toBe(true);
  });

  it('given a misspelt file, then the nearest name is the hint', async () => {
    const text = change('dataset: mnist', 'dataset: { csv: { file: data/spiral.csv, label: spiral } }');
    expect((await refusal(text)).hint).toBe('did you mean spirals.csv?');
  });

  it('given several missing files, then all are named', async () => {
    const text = change('dataset: mnist', 'dataset: { npy: { x: none, y: nothing } }', OWN_MODEL);
    expect((await refusal(text)).message).toContain('(and 2 more: dataset.npy.x; dataset.npy.y)');
  });
});

describe('the hashes of the files that a spec names', () => {
  it('given a model and data, then a change in any file changes its hash alone; given a zoo model and built-in data, then there are none', async () => {
    await saveModel([fullyConnected('dense', 2, 'softmax')]);
    await writeFile(join(folder, 'data.csv'), 'a,b,label\n1,2,0\n');
    const text = OWN_MODEL.replace(/^dataset: .*$/m, 'dataset: { csv: { file: ./data.csv, label: label } }');
    const spec = await parse(text, folder);
    const before = await fileHashes(spec);
    const names = ['model.json', 'weights.bin', 'data.csv'].map((name) => join(folder, name));
    expect(Object.keys(before).sort()).toEqual([...names].sort());
    for (const name of names) {
      const content = await readFile(name);
      await writeFile(
        name,
        name.endsWith('.json') ? ` ${content.toString()}` : Buffer.concat([content, Buffer.from('1')]),
      );
      const after = await fileHashes(spec);
      expect(Object.keys(before).filter((file) => before[file] !== after[file])).toEqual([name]);
      await writeFile(name, content);
    }
    expect(await fileHashes(await parse(change('', ''), folder))).toEqual({});
  });
});
