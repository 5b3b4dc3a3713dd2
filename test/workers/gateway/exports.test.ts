import { describe, expect, it } from 'vitest';
import { openFolderStore } from '../../../core/store/folder-store.js';
import type { SweepResult } from '../../../core/sweep/result.js';
import { candidateFiles } from '../../../workers/gateway/sweeps/exports.js';
import { sampleResult } from '../../core/report/sample-result.js';
import { storedRecord } from '../../support/stage-records.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

describe('the files of a candidate', () => {
  const temporaryFolder = temporaryFolders();

  it('given a record with a container, then it is among them; one of before there was any has none', async () => {
    const store = await openFolderStore(await temporaryFolder());
    const record = await storedRecord(store, 'a model');
    const sample = sampleResult();
    const rows = sample.rows.map((row) => (row.id === 'c011' ? { ...row, stageKey: record.stage.key } : row));
    const result: SweepResult = { ...sample, rows };
    const names = async () => (await candidateFiles(store, result, 'c011')).map(({ name }) => name);
    expect(await names()).toEqual(['model.json', 'weights.bin', 'observation.json', 'README.md']);

    const bytes = Buffer.from('encoded');
    await store.putRecord({ ...record, model: { ...record.model, container: await store.putBlob(bytes) } });
    expect(await names()).toEqual(['model.json', 'weights.bin', 'model.pfc', 'observation.json', 'README.md']);
    const file = (await candidateFiles(store, result, 'c011')).find(({ name }) => name === 'model.pfc');
    expect(file?.bytes).toEqual(bytes);
  });
});
