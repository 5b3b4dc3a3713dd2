import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../core/nightly/manifest.js';
import { type NewVersion, Publications } from '../../../core/nightly/publications.js';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import { errorOf } from '../../support/errors.js';
import { frontPoint } from '../../support/front-points.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = temporaryFolders();

function version(runId: string, folder: string | null = null): NewVersion {
  return {
    ...{ name: 'digits', metrics: frontPoint('c001').summary, spec: 'name: digits', folder },
    lineage: {
      ...{ schedule: 'nightly', runId, sweepId: 'digits-1', candidate: 'c001', label: 'a label', stageKey: 'k' },
      ...{ stageKeys: ['b', 'k'], dataset: 'd', previousVersion: null },
      input: { kind: 'model', files: {}, newest: '/models/model.json', trainedOn: null },
    },
  };
}

const files = (text: string) => [
  { name: 'model.json', bytes: Buffer.from(`topology of ${text}`) },
  { name: 'weights.bin', bytes: Buffer.from(`weights of ${text}`) },
];

async function opened(): Promise<{ store: ArtifactStore; publications: Publications; folder: string }> {
  const folder = await temporaryFolder();
  const store = await openFolderStore(join(folder, 'store'));
  return { store, publications: new Publications(store), folder: join(folder, 'deploy') };
}

describe('publications', () => {
  it('given versions, then they are numbered, the newest is current, and each keeps its files with their hashes', async () => {
    const { publications } = await opened();
    expect(await publications.names()).toEqual([]);
    await publications.publish(version('night-1'), files('one'));
    const second = await publications.publish(version('night-2'), files('two'));
    expect(second.version).toBe(2);
    const { current, versions } = await publications.get('digits');
    expect(current).toMatchObject({ version: 2, by: 'nightly' });
    expect(versions.map((each) => each.version)).toEqual([2, 1]);
    expect(await publications.names()).toEqual(['digits']);
    const [model, weights, manifest] = await publications.files('digits', 1);
    expect([model, weights].map((file) => String(file?.bytes))).toEqual(['topology of one', 'weights of one']);
    expect(JSON.parse(String(manifest?.bytes))).toEqual(versions[1]);
    expect(versions[1]?.files.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['model.json', 15],
      ['weights.bin', 14],
    ]);
  });

  it('given a night that is tried again after any of its steps, then it publishes one version', async () => {
    const { publications, folder } = await opened();
    const first = await publications.publish(version('night-1', folder), files('one'));
    expect(await publications.publish(version('night-1', folder), files('one'))).toEqual(first);
    // As after a crash between the version and its folder.
    await rm(join(folder, 'digits'), { recursive: true });
    expect(await publications.publish(version('night-1', folder), files('one'))).toEqual(first);
    expect(readlinkSync(join(folder, 'digits', 'current'))).toBe('v1');
  });

  it('given a folder to deploy from, then the link always leads to a whole version, and nothing half-written stays', async () => {
    const { publications, folder } = await opened();
    await publications.publish(version('night-1', folder), files('one'));
    await publications.publish(version('night-2', folder), files('two'));
    expect(readdirSync(join(folder, 'digits')).sort()).toEqual(['current', 'v1', 'v2']);
    expect(readFileSync(join(folder, 'digits', 'current', 'weights.bin'), 'utf8')).toBe('weights of two');
    const manifest = JSON.parse(readFileSync(join(folder, 'digits', 'current', 'manifest.json'), 'utf8')) as Manifest;
    expect(manifest.version).toBe(2);
    await publications.rollBack('digits', 0, 'ada');
    expect(readFileSync(join(folder, 'digits', 'current', 'weights.bin'), 'utf8')).toBe('weights of one');
    expect((await publications.current('digits'))?.by).toBe('ada');
    await publications.rollBack('digits', 2, 'ada');
    expect(readlinkSync(join(folder, 'digits', 'current'))).toBe('v2');
  });

  it('given a folder that has versions of a store that is gone, then a new version never takes the number of an old one', async () => {
    const { publications, folder } = await opened();
    await mkdir(join(folder, 'digits', 'v7'), { recursive: true });
    await writeFile(join(folder, 'digits', 'v7', 'weights.bin'), 'older');
    expect((await publications.publish(version('night-1', folder), files('one'))).version).toBe(8);
    expect(readFileSync(join(folder, 'digits', 'current', 'weights.bin'), 'utf8')).toBe('weights of one');
  });

  it('given a file in the place of the folder, then the version that is current stays, and the cause is typed', async () => {
    const { publications, folder } = await opened();
    await publications.publish(version('night-1'), files('one'));
    await writeFile(folder, 'no folder');
    const error = await errorOf('PRUNEFRONT_STORE_READ_ONLY', () =>
      publications.publish(version('night-2', folder), files('two')),
    );
    expect(error.message).toBe('The folder for published models cannot be written');
    expect((await publications.current('digits'))?.version).toBe(1);
  });

  it('given a damaged file of a version, then it is not handed out', async () => {
    const { publications, store } = await opened();
    const { files: published } = await publications.publish(version('night-1'), files('one'));
    const key = published[1]?.sha256 ?? '';
    const { root } = store as unknown as { readonly root: string };
    const path = join(root, 'blobs', key.slice(0, 2), key);
    await chmod(path, 0o600);
    await writeFile(path, 'weights of two');
    await errorOf('PRUNEFRONT_ARTIFACT_CORRUPT', () => publications.files('digits', 0));
  });

  it('given a name or a version that is not there, then the nearest ones are told', async () => {
    const { publications } = await opened();
    const nothing = await errorOf('PRUNEFRONT_PUBLISHED_NOT_FOUND', () => publications.get('digits'));
    expect(nothing.facts.allowed).toBe('nothing has been published yet');
    await publications.publish(version('night-1'), files('one'));
    const near = await errorOf('PRUNEFRONT_PUBLISHED_NOT_FOUND', () => publications.get('digit'));
    expect(near.facts.hint).toBe('did you mean digits?');
    const old = await errorOf('PRUNEFRONT_PUBLISHED_NOT_FOUND', () => publications.rollBack('digits', 0, 'ada'));
    expect(old.message).toBe('digits: version 1 is the first; there is none before it');
    expect(old.facts).toEqual({ found: '1', allowed: '1' });
    await errorOf('PRUNEFRONT_PUBLISHED_NOT_FOUND', () => publications.files('digits', 4));
    await errorOf('PRUNEFRONT_PUBLISHED_NOT_FOUND', () => publications.get('../sweeps'));
  });
});
