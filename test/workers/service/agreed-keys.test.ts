import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import { agreeOnKeys } from '../../../workers/service/agreed-keys.js';
import type { PayloadKeys } from '../../../workers/service/payload-keys.js';
import { errorOf } from '../../support/errors.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const [A, B] = [randomBytes(32), randomBytes(32)];
const keys = (current: string, all: Readonly<Record<string, Buffer>>): PayloadKeys => ({
  current,
  keys: new Map(Object.entries(all)),
});

describe('processes that share a store', () => {
  const temporaryFolder = temporaryFolders();
  const store = async (): Promise<ArtifactStore> => openFolderStore(await temporaryFolder());

  it('given none that encrypts, then any goes', async () => {
    const shared = await store();
    await agreeOnKeys(shared, undefined);
    await agreeOnKeys(shared, undefined);
  });

  it('given one that encrypts, then one without keys, or with another key of the same id, is refused before it takes work', async () => {
    const shared = await store();
    await agreeOnKeys(shared, keys('first', { first: A }));
    await agreeOnKeys(shared, keys('first', { first: A }));
    const { facts } = await errorOf('PRUNEFRONT_PAYLOAD_KEYS', () => agreeOnKeys(shared, undefined));
    expect(facts).toMatchObject({ found: 'no --payload-keys', allowed: 'a file with their key first' });
    await errorOf('PRUNEFRONT_PAYLOAD_KEYS', () => agreeOnKeys(shared, keys('first', { first: B })));
  });

  it('given a rotation, then those that have both keys go on with either as the current one, and those that lack the new one are refused', async () => {
    const shared = await store();
    await agreeOnKeys(shared, keys('first', { first: A }));
    await agreeOnKeys(shared, keys('second', { first: A, second: B }));
    await agreeOnKeys(shared, keys('first', { first: A, second: B }));
    await errorOf('PRUNEFRONT_PAYLOAD_KEYS', () => agreeOnKeys(shared, keys('first', { first: A })));
    await agreeOnKeys(shared, keys('second', { second: B }));
  });
});
