import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type NodeRecord, nodeRecordPath, nodeWantedPath } from '../../../core/nodes/node-record.js';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import { NodeTeller } from '../../../workers/gpu-node/node-teller.js';
import { errorOf } from '../../support/errors.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = temporaryFolders();
let folder: string;
let store: ArtifactStore;

beforeEach(async () => {
  folder = join(await temporaryFolder(), 'store');
  store = await openFolderStore(folder);
});

/** The record of a worker that was started so many seconds ago and lives. */
function recordOf(startedSecondsAgo: number): NodeRecord {
  const now = Date.now();
  return {
    ...{ name: 'one', state: 'ready', version: '1.0.0', taskQueues: [], devices: [], slots: [] },
    startedAt: new Date(now - startedSecondsAgo * 1000).toISOString(),
    seenAt: new Date(now).toISOString(),
  };
}

const told = async (): Promise<NodeRecord | null> => (await store.getDocument(nodeRecordPath('one'))) as NodeRecord;

describe('what a node tells', () => {
  it('given a record, when it is told and the node leaves in order, then it is there and then it is not', async () => {
    const teller = new NodeTeller(store, 'one');
    const record = recordOf(10);
    await teller.tell(record);
    expect(await told()).toEqual(record);
    await teller.leave();
    expect(await told()).toBeNull();
  });

  it('given two workers of one name, when both tell, then the one that came later is refused with a name to take, and the first one goes on', async () => {
    const [first, later] = [new NodeTeller(store, 'one'), new NodeTeller(store, 'one')];
    await first.tell(recordOf(100));
    await later.tell(recordOf(1));
    const again = recordOf(100);
    await first.tell(again);
    const error = await errorOf('PRUNEFRONT_USAGE', () => later.tell(recordOf(1)));
    expect(error.toData()).toMatchObject({ place: '--node', found: 'one', hint: '--node one-2' });
    await later.leave();
    expect(await told()).toEqual(again);
  });

  it('given a worker that was killed, when it is started again under its name, then it tells at once', async () => {
    await new NodeTeller(store, 'one').tell(recordOf(100));
    const next = new NodeTeller(store, 'one');
    const record = recordOf(1);
    await next.tell(record);
    await next.tell(record);
    expect(await told()).toEqual(record);
  });

  it('given what people want, then it is heard, and it holds while the store cannot be read, which is said once', async () => {
    const teller = new NodeTeller(store, 'one');
    expect(await teller.wanted()).toBeNull();
    const wanted = { draining: true, since: '2026-01-01T00:00:00Z', by: 'ops' };
    await store.putDocument(nodeWantedPath('one'), wanted);
    expect(await teller.wanted()).toEqual(wanted);
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      await rm(folder, { recursive: true });
      await writeFile(folder, 'no folder');
      expect([await teller.wanted(), await teller.wanted()]).toEqual([wanted, wanted]);
      expect(said).toHaveBeenCalledTimes(1);
    } finally {
      said.mockRestore();
    }
  });
});
