import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import { projectRoot } from '../../../tools/paths.mjs';
import { errorOf } from '../../support/errors.js';
import { storedRecord } from '../../support/stage-records.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

describe('the folder store', () => {
  const temporaryFolder = temporaryFolders();
  let root: string;
  let store: ArtifactStore;

  beforeEach(async () => {
    root = join(await temporaryFolder(), 'a', 'store');
    store = await openFolderStore(root);
  });

  const blobFile = (key: string): string => join(root, 'blobs', key.slice(0, 2), key);
  const bytes = Buffer.from('what a stage made');

  it('given bytes, then their key is their SHA-256 and they come back, from another process’s view too', async () => {
    const key = await store.putBlob(bytes);
    expect(key).toBe('6d029f2a776f17331d146d9a4e0796de8e63136acdb5f3e1b4ab29ff66f5be30');
    expect(await store.putBlob(Uint8Array.from(bytes))).toBe(key);
    const other = await openFolderStore(root);
    expect(Buffer.from(await other.getBlob(key))).toEqual(bytes);
    expect(await other.hasBlob(key)).toBe(true);
    expect(await other.hasBlob('0'.repeat(64))).toBe(false);
  });

  it('given no such blob, then it is missing', async () => {
    await errorOf('PRUNEFRONT_ARTIFACT_MISSING', () => store.getBlob('0'.repeat(64)));
  });

  it('given many writers of the same and of other bytes at once, then nothing is torn and nothing half-written stays', async () => {
    const others = await Promise.all([openFolderStore(root), openFolderStore(root)]);
    const texts = Array.from({ length: 40 }, (_, i) => Buffer.alloc(10_000, i % 4));
    const keys = await Promise.all(texts.map((text, i) => (others[i % 2] ?? store).putBlob(text)));
    expect(new Set(keys).size).toBe(4);
    for (const [i, key] of keys.entries()) expect(Buffer.from(await store.getBlob(key))).toEqual(texts[i]);
    expect(await readdir(join(root, 'writing'))).toEqual([]);
  });

  it.each([
    ['altered', (file: string) => writeFile(file, 'What a stage made')],
    ['truncated', (file: string) => truncate(file, 5)],
    ['lengthened', (file: string) => appendFile(file, '!')],
  ])('given an %s blob, then it is noticed, set aside, and can be made again', async (_, damage) => {
    const key = await store.putBlob(bytes);
    await damage(blobFile(key));
    await errorOf('PRUNEFRONT_ARTIFACT_CORRUPT', () => store.getBlob(key));
    await errorOf('PRUNEFRONT_ARTIFACT_MISSING', () => store.getBlob(key));
    expect(await readdir(join(root, 'quarantine'))).toHaveLength(1);
    expect(await store.putBlob(bytes)).toBe(key);
    expect(Buffer.from(await store.getBlob(key))).toEqual(bytes);
  });

  it('given what a killed writer left, when the store is opened a day later, then it is gone, and what is being written stays', async () => {
    const [old, fresh] = [join(root, 'writing', 'old'), join(root, 'writing', 'fresh')];
    await writeFile(old, 'half');
    await writeFile(fresh, 'half');
    const before = Date.now() / 1000 - 25 * 3600;
    await utimes(old, before, before);
    await openFolderStore(root);
    expect(await readdir(join(root, 'writing'))).toEqual(['fresh']);
  });

  it('given a finished stage, then its record comes back', async () => {
    const record = await storedRecord(store, 'one');
    expect(await store.getRecord(record.stage.key)).toEqual(record);
    expect(await store.getRecord('1'.repeat(64))).toBeNull();
  });

  it.each(['state', 'weights', 'topology', 'rewind'] as const)(
    'given a record whose %s was damaged, then the stage counts as not done',
    async (part) => {
      const record = await storedRecord(store, 'two');
      const key = { state: record.state, ...record.model, rewind: record.rewindStates['0'] ?? '' }[part];
      await appendFile(blobFile(key), '!');
      expect(await store.getRecord(record.stage.key)).toBeNull();
      expect(await store.getRecord((await storedRecord(store, 'two')).stage.key)).toEqual(record);
    },
  );

  it('given a record that was damaged or cut, then it is set aside', async () => {
    const record = await storedRecord(store, 'three');
    const file = join(root, 'records', `${record.stage.key}.json`);
    await writeFile(file, (await readFile(file, 'utf8')).replace('node-1', 'node-2'));
    expect(await store.getRecord(record.stage.key)).toBeNull();
    await store.putRecord(record);
    await truncate(file, 100);
    expect(await store.getRecord(record.stage.key)).toBeNull();
    expect(await readdir(join(root, 'quarantine'))).toHaveLength(2);
  });

  it('given checkpoints of a stage, then only the newest is kept, and none once the stage is finished', async () => {
    const stage = 'a'.repeat(64);
    expect(await store.getCheckpoint(stage)).toBeNull();
    const [first, second] = [await store.putBlob(Buffer.from('first')), await store.putBlob(Buffer.from('second'))];
    await store.putCheckpoint(stage, first);
    await store.putCheckpoint(stage, second);
    expect(await store.getCheckpoint(stage)).toBe(second);
    expect(await store.hasBlob(first)).toBe(false);
    await store.dropCheckpoints(stage);
    expect([await store.getCheckpoint(stage), await store.hasBlob(second)]).toEqual([null, false]);
    await store.dropCheckpoints(stage);
  });

  it('given documents, then they come back, are listed in order, and a damaged one counts as none', async () => {
    await store.putDocument('sweeps/s/outcomes/c002.json', { b: 1, a: [null, 'ü'] });
    await store.putDocument('sweeps/s/outcomes/c001.json', 1);
    expect(await store.listDocuments('sweeps/s/outcomes')).toEqual([
      'sweeps/s/outcomes/c001.json',
      'sweeps/s/outcomes/c002.json',
    ]);
    expect(await store.getDocument('sweeps/s/outcomes/c002.json')).toEqual({ b: 1, a: [null, 'ü'] });
    expect(await store.listDocuments('nowhere')).toEqual([]);
    await appendFile(join(root, 'documents', 'sweeps', 's', 'outcomes', 'c001.json'), 'x');
    expect(await store.getDocument('sweeps/s/outcomes/c001.json')).toBeNull();
  });

  it('given many that create one document, then one does, the others leave it as it is, and it is sealed', async () => {
    const create = (_: unknown, i: number): Promise<boolean> => store.createDocument('a/b.json', i);
    const created = await Promise.all(Array.from({ length: 20 }, create));
    expect(created.filter(Boolean)).toHaveLength(1);
    expect(await store.getDocument('a/b.json')).toBe(created.indexOf(true));
    expect(await readdir(join(root, 'writing'))).toEqual([]);
    await appendFile(join(root, 'documents', 'a', 'b.json'), 'x');
    expect(await store.getDocument('a/b.json')).toBeNull();
  });

  it.each(['../records/x.json', '/etc/passwd', 'a//b', '.'])(
    'given the document path %s, then it is refused',
    async (path) => {
      await errorOf('PRUNEFRONT_INTERNAL', () => store.putDocument(path, 1));
    },
  );

  it('given a file where a folder should be, then the store cannot be written', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await errorOf('PRUNEFRONT_STORE_READ_ONLY', () => openFolderStore(join(file, 'store')));
    await rm(join(root, 'blobs'), { recursive: true });
    await writeFile(join(root, 'blobs'), '');
    await errorOf('PRUNEFRONT_STORE_READ_ONLY', () => store.putBlob(bytes));
    expect(await readdir(join(root, 'writing'))).toEqual([]);
  });

  /** Puts a blob of 64 KiB in a process of its own, below a shell command that takes away its room. */
  function putUnder(shell: string, folder: string): { readonly code: string | undefined; readonly output: string } {
    const module = join(projectRoot(), 'dist', 'core', 'store', 'folder-store.js');
    const script = `
      const { openFolderStore } = await import(${JSON.stringify(module)});
      try {
        await (await openFolderStore(${JSON.stringify(folder)})).putBlob(Buffer.alloc(65536, 7));
        console.log('written');
      } catch (error) { console.log(error.code); }`;
    const { stdout, stderr } = spawnSync(
      'sh',
      ['-c', shell, 'sh', process.execPath, '--input-type=module', '-e', script],
      { encoding: 'utf8' },
    );
    return { code: stdout.trim().split('\n').at(-1), output: stdout + stderr };
  }

  it('given a process that may not write so much, then the store is full and nothing half-written stays', async () => {
    const folder = join(await temporaryFolder(), 'store');
    expect(putUnder('ulimit -f 8; exec "$@"', folder)).toMatchObject({ code: 'PRUNEFRONT_STORE_FULL' });
    expect(await readdir(join(folder, 'writing'))).toEqual([]);
    expect(putUnder('exec "$@"', folder)).toMatchObject({ code: 'written' });
  });

  const mounts = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

  it.skipIf(!mounts)('given a full or a read-only disk, then each has its code', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'disk'));
    const disk = join(folder, 'disk');
    const mount = (options: string): string =>
      `unshare -rm sh -c 'mount -t tmpfs -o ${options} none ${disk} && exec "$@"' sh "$@"`;
    expect(putUnder(mount('size=32k'), join(disk, 'store'))).toMatchObject({ code: 'PRUNEFRONT_STORE_FULL' });
    expect(putUnder(mount('ro'), join(disk, 'store'))).toMatchObject({ code: 'PRUNEFRONT_STORE_READ_ONLY' });
  });
});
