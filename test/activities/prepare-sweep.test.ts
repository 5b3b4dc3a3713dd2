import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPrepareSweep } from '../../activities/prepare-sweep.js';
import { WEIGHTS_FILE } from '../../core/models/model-file.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { paperSpec } from '../support/paper-sweeps.js';
import { temporaryFolders } from '../support/temporary-folder.js';
import { sequentialOf } from '../support/tiny-networks.js';
import { savedModel } from '../support/tiny-sweep.js';

const dense = (units: number, name: string) => ({ class_name: 'Dense', config: { name, units } });

describe('the baseline’s stage of a saved model', () => {
  const temporaryFolder = temporaryFolders();

  it('given the same model elsewhere, then it is the same stage; given another one under the same name, then it is another', async () => {
    const folder = await temporaryFolder();
    const prepare = createPrepareSweep({ store: await openFolderStore(join(folder, 'store')) });
    const keyOf = async (file: string) =>
      (await prepare({ spec: paperSpec('files', [0.5], { model: { file } }) })).baseline.key;
    const here = await savedModel(join(folder, 'here'), sequentialOf([28, 28, 1], [dense(10, 'out')]));
    const there = join(folder, 'there', 'model.json');
    await mkdir(dirname(there));
    for (const name of ['model.json', WEIGHTS_FILE])
      await copyFile(join(dirname(here), name), join(dirname(there), name));
    const before = await keyOf(here);
    expect(await keyOf(there)).toBe(before);
    await savedModel(dirname(here), sequentialOf([28, 28, 1], [dense(4, 'hidden'), dense(10, 'out')]));
    expect(await keyOf(here)).not.toBe(before);
  });
});
