import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { costsOf } from '../../core/models/costs.js';
import { modelFiles, WEIGHTS_FILE } from '../../core/models/model-file.js';
import { ZOO_NAMES, zooModel } from '../../core/models/zoo/index.js';
import { inspectModel } from '../../tools/inspect-model.js';
import { errorOf } from '../support/errors.js';
import { manyEnded, writeModel } from '../support/model-folders.js';
import { temporaryFolders } from '../support/temporary-folder.js';
import { randomWeights } from '../support/tiny-networks.js';

describe('inspection of a model', () => {
  const temporaryFolder = temporaryFolders();

  it.each(ZOO_NAMES)(
    'given %s of the zoo, then its layers add up to what it costs, and each with units is told of',
    async (name) => {
      const { layers, groups, ...whole } = await inspectModel(name);
      const { parameters, macs } = costsOf(zooModel(name));
      expect(whole).toMatchObject({ model: name, parameters, macs, bytes: 4 * parameters });
      for (const { units, removable, group, staysBecause } of layers)
        expect([removable > 0, group !== null, staysBecause === null]).toEqual(
          units === 0 ? [false, false, true] : staysBecause === null ? [true, true, true] : [false, false, false],
        );
      expect(groups.length).toBeGreaterThan(0);
    },
  );

  it('given the path of a model.json or of its folder, then that model is read', async () => {
    const folder = await temporaryFolder();
    await writeModel(folder, zooModel('mnistMlp'));
    const { layers } = await inspectModel(join(folder, 'model.json'));
    expect(layers).toEqual((await inspectModel('mnistMlp')).layers);
    expect((await inspectModel(folder)).layers).toEqual(layers);
  });

  it('given a path that nothing is at, or a folder without a model, then what can be named is told', async () => {
    const folder = await temporaryFolder();
    for (const path of [join(folder, 'other.json'), folder]) {
      const error = await errorOf('PRUNEFRONT_MODEL_NOT_FOUND', () => inspectModel(path));
      expect(error.facts.place).toBe(path === folder ? join(folder, 'model.json') : path);
      expect(error.facts.hint).toContain('prunefront methods');
    }
  });

  it('given a binary file, then none of its bytes are told', async () => {
    const file = join(await temporaryFolder(), 'model.pfc');
    await writeFile(file, Buffer.from([0x89, 0x50, 0x46, 0x43, 0x0d, 0x0a, 0x1a, 0x0a, 1, 0, 0, 0]));
    const error = await errorOf('PRUNEFRONT_MODEL_FORMAT', () => inspectModel(file));
    expect(error.facts.found).toBe('a binary file, not JSON');
  });

  it('given a layer with a setting that nothing here runs, then it is refused by name', async () => {
    const folder = await temporaryFolder();
    const topology = zooModel('mnistCnn');
    const { modelJson, weightsBin } = modelFiles(topology, randomWeights(topology, 1));
    const path = join(folder, 'model.json');
    await writeFile(path, modelJson.replace('"filters":', '"groups":2,"filters":'));
    await writeFile(join(folder, WEIGHTS_FILE), weightsBin);
    const error = await errorOf('PRUNEFRONT_MODEL_UNSUPPORTED', () => inspectModel(path));
    expect(error.facts).toMatchObject({ place: topology.nodes[1]?.name, found: 'groups: 2', allowed: 'groups: 1' });
  });

  it.each([
    ['inputs', { inputs: 2, outputs: 1 }, { found: '2 inputs: in0, in1', allowed: '1 input' }],
    ['outputs', { inputs: 1, outputs: 2 }, { found: '2 outputs: out0, out1', allowed: '1 output' }],
  ])('given a model of two %s, then it is refused as a sweep would refuse it', async (_, counts, facts) => {
    const folder = await temporaryFolder();
    await writeModel(folder, manyEnded(counts));
    const error = await errorOf('PRUNEFRONT_MODEL_UNSUPPORTED', () => inspectModel(folder));
    expect(error.facts).toEqual({ place: 'two', ...facts });
  });

  it('given a name that the zoo lacks, then the nearest one is told', async () => {
    const error = await errorOf('PRUNEFRONT_MODEL_NOT_FOUND', () => inspectModel('mnistCn'));
    expect(error.facts.hint).toBe('did you mean mnistCnn?');
  });
});
