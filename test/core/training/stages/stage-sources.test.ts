import { afterAll, describe, expect, it, vi } from 'vitest';
import { loadPrepared } from '../../../../core/datasets/prepare.js';
import { DataCache } from '../../../../core/training/engines/data-cache.js';
import { ProgramCache } from '../../../../core/training/engines/program-cache.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { pruning, TRAINING, tinySweep } from '../../../support/tiny-sweep.js';

const temporaryFolder = temporaryFolders(afterAll);

describe('what a stage reads', () => {
  it('given a warm process, when a stage whose parent is its baseline starts, then record and state are read once and the data set not at all', async () => {
    const sweep = await tinySweep(await temporaryFolder());
    const baseline = sweep.baseline({ zoo: 'mnistMlp' });
    const warm = { programs: new ProgramCache(), dataSets: new DataCache(1) };
    const dense = await sweep.run(baseline, warm);
    expect(warm.dataSets.bytes).toBeGreaterThan(500 * 784);
    const getBlob = vi.spyOn(sweep.store, 'getBlob');
    const getRecord = vi.spyOn(sweep.store, 'getRecord');
    const pruned = sweep.child(baseline, pruning({ training: { ...TRAINING, epochs: 1 } }));
    const { programs } = warm;
    const before = programs.compiled;
    await sweep.run(pruned, warm);
    expect(getRecord.mock.calls.map(([key]) => key)).toEqual([pruned.key, baseline.key]);
    const read = getBlob.mock.calls.map(([key]) => key);
    // Once to check the record, once for what it holds.
    expect(read.filter((key) => key === dense.state)).toHaveLength(2);
    expect(read).not.toContain(baseline.dataset);
    expect(programs.compiled).toBe(before + 1);
  });

  it('given a data set that was loaded, when it is asked for again, then it is the same one, from memory', async () => {
    const sweep = await tinySweep(await temporaryFolder());
    const whole = await loadPrepared(sweep.store, sweep.dataset);
    const cache = new DataCache(whole.x.byteLength);
    const first = await cache.load(sweep.store, sweep.dataset);
    expect(await cache.load(sweep.store, sweep.dataset)).toBe(first);
    expect(first).toEqual(whole);
  });
});
