import { createHash } from 'node:crypto';
import { PrunefrontError } from '../errors.js';
import type { NamedBytes } from '../named-bytes.js';
import { nearest } from '../nearest.js';
import type { ArtifactStore } from '../store/artifact-store.js';
import { newestInFolder, switchCurrent, writeVersion } from './deploy-folder.js';
import type { CurrentVersion, Manifest, PublishedFile } from './manifest.js';

/** Everything under one name. */
export interface PublishedName {
  readonly name: string;
  readonly current: CurrentVersion;
  /** Newest first. */
  readonly versions: readonly Manifest[];
}

/** A version that is to be published. */
export type NewVersion = Omit<Manifest, 'version' | 'publishedAt' | 'files'>;

const ROOT = 'published';
/** No name leads out of its folder. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const MANIFEST_FILE = 'manifest.json';

/** What is published under stable names. A reader sees the version before or the one after, each whole. */
export class Publications {
  constructor(private readonly store: ArtifactStore) {}

  /** All names, sorted. */
  async names(): Promise<string[]> {
    const paths = await this.store.listDocuments(ROOT);
    return paths.map((path) => path.slice(ROOT.length + 1));
  }

  /** Which version a name stands for; null where nothing is published under it. */
  async current(name: string): Promise<CurrentVersion | null> {
    return NAME.test(name)
      ? ((await this.store.getDocument(`${ROOT}/${name}/current.json`)) as CurrentVersion | null)
      : null;
  }

  /** The manifest of the version that a name stands for; null where nothing is published under it. */
  async currentManifest(name: string): Promise<Manifest | null> {
    const current = await this.current(name);
    return current === null ? null : this.manifest(name, current.version);
  }

  /**
   * Everything under a name.
   * @throws PrunefrontError `PRUNEFRONT_PUBLISHED_NOT_FOUND`
   */
  async get(name: string): Promise<PublishedName> {
    const current = await this.current(name);
    if (current === null) throw await this.unknownName(name);
    const versions = await Promise.all((await this.versions(name)).map((version) => this.manifest(name, version)));
    return { name, current, versions: versions.filter((manifest) => manifest !== null) };
  }

  /**
   * The files of a version with its manifest; 0 is the current one.
   * @throws PrunefrontError `PRUNEFRONT_PUBLISHED_NOT_FOUND`, `PRUNEFRONT_ARTIFACT_*`
   */
  async files(name: string, version: number): Promise<NamedBytes[]> {
    const { current, versions } = await this.get(name);
    const asked = version === 0 ? current.version : version;
    const manifest = versions.find((each) => each.version === asked);
    if (manifest === undefined) throw unknownVersion(name, asked, versions);
    return this.filesOf(manifest);
  }

  /**
   * Publishes a version and makes it the current one. The same night publishes the same version again, so that it may be tried again.
   * @throws PrunefrontError `PRUNEFRONT_STORE_*`
   */
  async publish(given: NewVersion, files: readonly NamedBytes[]): Promise<Manifest> {
    const { name, lineage, folder } = given;
    const [newest = 0] = await this.versions(name);
    const before = await this.manifest(name, newest);
    const manifest =
      before?.lineage.runId === lineage.runId
        ? before
        : {
            ...given,
            // The folder may outlive the store.
            version: Math.max(newest, folder === null ? 0 : await newestInFolder(folder, name)) + 1,
            publishedAt: new Date().toISOString(),
            files: await Promise.all(files.map((file) => this.stored(file))),
          };
    await this.store.putDocument(`${ROOT}/${name}/versions/${manifest.version}.json`, manifest);
    if (folder !== null) await writeVersion(folder, name, manifest.version, await this.filesOf(manifest));
    await this.makeCurrent(manifest, lineage.schedule);
    return manifest;
  }

  /**
   * Makes an earlier version the current one; 0 is the one before the current one.
   * @throws PrunefrontError `PRUNEFRONT_PUBLISHED_NOT_FOUND`, `PRUNEFRONT_STORE_*`
   */
  async rollBack(name: string, version: number, by: string): Promise<PublishedName> {
    const { current, versions } = await this.get(name);
    const before = versions.filter((each) => each.version < current.version);
    const manifest = version === 0 ? before[0] : versions.find((each) => each.version === version);
    if (manifest === undefined)
      throw version === 0 ? noneBefore(name, current.version, versions) : unknownVersion(name, version, versions);
    if (manifest.folder !== null)
      await writeVersion(manifest.folder, name, manifest.version, await this.filesOf(manifest));
    await this.makeCurrent(manifest, by);
    return this.get(name);
  }

  private async makeCurrent({ name, version, folder }: Manifest, by: string): Promise<void> {
    const current: CurrentVersion = { version, since: new Date().toISOString(), by };
    await this.store.putDocument(`${ROOT}/${name}/current.json`, current);
    if (folder !== null) await switchCurrent(folder, name, version);
  }

  /** Numbers of all versions, newest first. */
  private async versions(name: string): Promise<number[]> {
    const folder = `${ROOT}/${name}/versions`;
    const paths = await this.store.listDocuments(folder);
    return paths.map((path) => Number(path.slice(folder.length + 1).replace('.json', ''))).sort((a, b) => b - a);
  }

  private async manifest(name: string, version: number): Promise<Manifest | null> {
    return (await this.store.getDocument(`${ROOT}/${name}/versions/${version}.json`)) as Manifest | null;
  }

  private async stored({ name, bytes }: NamedBytes): Promise<PublishedFile> {
    await this.store.putBlob(bytes);
    return { name, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.byteLength };
  }

  private async filesOf(manifest: Manifest): Promise<NamedBytes[]> {
    const files = manifest.files.map(async ({ name, sha256 }) => ({ name, bytes: await this.store.getBlob(sha256) }));
    const own = { name: MANIFEST_FILE, bytes: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) };
    return [...(await Promise.all(files)), own];
  }

  private async unknownName(name: string): Promise<PrunefrontError> {
    const names = await this.names();
    const near = nearest(name, names);
    return new PrunefrontError('PRUNEFRONT_PUBLISHED_NOT_FOUND', `Nothing is published as ${name}`, {
      found: name,
      allowed: names.join(', ') || 'nothing has been published yet',
      ...(near === null ? {} : { hint: `did you mean ${near}?` }),
    });
  }
}

function unknownVersion(name: string, version: number, versions: readonly Manifest[]): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_PUBLISHED_NOT_FOUND', `${name} has no version ${version}`, {
    found: String(version),
    allowed: versions.map((each) => each.version).join(', '),
  });
}

function noneBefore(name: string, current: number, versions: readonly Manifest[]): PrunefrontError {
  return new PrunefrontError(
    'PRUNEFRONT_PUBLISHED_NOT_FOUND',
    `${name}: version ${current} is the first; there is none before it`,
    { found: String(current), allowed: versions.map((each) => each.version).join(', ') },
  );
}
