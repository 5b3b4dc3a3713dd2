import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseSpec } from '../../../core/spec/parse-spec.js';
import { sweepIdOf } from '../../../core/spec/sweep-id.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import { subjectOf } from '../../../workers/local/calibration-subject.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = temporaryFolders();
const SPEC = readFileSync('examples/smoke.yaml', 'utf8');

it('given a spec, then what it trains is calibrated with, until its sweep has a result; nothing is for one that is wrong', async () => {
  const folder = await temporaryFolder();
  const [file, storeFolder] = [join(folder, 'spec.yaml'), join(folder, 'store')];
  await writeFile(file, SPEC);
  const spec = await parseSpec({ text: SPEC, fileName: file, baseFolder: folder, within: null });
  expect(await subjectOf(file, storeFolder)).toMatchObject({ model: spec.model, batchSize: spec.baseline.batchSize });
  const store = await openFolderStore(storeFolder);
  await store.putDocument(`sweeps/${await sweepIdOf(spec)}/result.json`, {});
  expect(await subjectOf(file, storeFolder)).toBeNull();
  await writeFile(file, 'name: 7');
  expect(await subjectOf(file, storeFolder)).toBeNull();
});
