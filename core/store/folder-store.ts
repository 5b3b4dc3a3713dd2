import { createHash, randomUUID } from 'node:crypto';
import { access, link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PrunefrontError } from '../errors.js';
import type { StageRecord } from '../sweep/observation.js';
import type { ArtifactStore, Lasting } from './artifact-store.js';
import { canonicalJson } from './canonical-json.js';
import { guardDisk } from './guard-disk.js';

/**
 * Opens an artifact store in a folder, made where it is missing. Several processes may use it at once.
 * @throws PrunefrontError `PRUNEFRONT_STORE_READ_ONLY`, `PRUNEFRONT_STORE_FULL`
 */
export async function openFolderStore(root: string): Promise<ArtifactStore> {
  const store = new FolderStore(root);
  await store.prepare();
  return store;
}

const DAY_MS = 86_400_000;
/** What a full or read-only disk is told as. */
const WHAT = 'artifact store';

class FolderStore implements ArtifactStore {
  constructor(private readonly root: string) {}

  async prepare(): Promise<void> {
    for (const folder of ['blobs', 'records', 'checkpoints', 'documents', 'quarantine', 'writing']) {
      await guardDisk(this.path(folder), WHAT, () => makeFolder(this.path(folder)));
    }
    await this.removeLeftovers();
  }

  async putBlob(bytes: Uint8Array): Promise<string> {
    const key = sha256(bytes);
    const path = this.blobPath(key);
    const existing = await stat(path).catch(() => null);
    if (existing?.size !== bytes.byteLength) await this.write(path, bytes);
    return key;
  }

  async getBlob(key: string): Promise<Uint8Array> {
    const path = this.blobPath(key);
    const bytes = await readIfThere(path);
    if (bytes === null)
      throw new PrunefrontError('PRUNEFRONT_ARTIFACT_MISSING', 'The store has no such artifact', { place: key });
    const found = sha256(bytes);
    if (found === key) return bytes;
    await this.setAside(path);
    throw new PrunefrontError('PRUNEFRONT_ARTIFACT_CORRUPT', 'A stored artifact does not match its hash', {
      place: key,
      found,
    });
  }

  async hasBlob(key: string): Promise<boolean> {
    return access(this.blobPath(key)).then(
      () => true,
      () => false,
    );
  }

  async putRecord(record: StageRecord): Promise<void> {
    await this.writeSealed(this.recordPath(record.stage.key), record);
  }

  async getRecord(stageKey: string): Promise<StageRecord | null> {
    const path = this.recordPath(stageKey);
    const record = (await this.readSealed(path)) as StageRecord | null;
    if (record === null) return null;
    const blobs = [record.state, ...Object.values(record.model), ...Object.values(record.rewindStates)];
    for (const key of blobs) {
      try {
        await this.getBlob(key);
      } catch (error) {
        if (!(error instanceof PrunefrontError)) throw error;
        await this.setAside(path);
        return null;
      }
    }
    return record;
  }

  async putCheckpoint(stageKey: string, blobKey: string): Promise<void> {
    const path = this.checkpointPath(stageKey);
    const before = (await this.readSealed(path)) as string | null;
    await this.writeSealed(path, blobKey);
    if (before !== null && before !== blobKey) await rm(this.blobPath(before), { force: true });
  }

  async getCheckpoint(stageKey: string): Promise<string | null> {
    return (await this.readSealed(this.checkpointPath(stageKey))) as string | null;
  }

  async dropCheckpoints(stageKey: string): Promise<void> {
    const last = await this.getCheckpoint(stageKey);
    if (last !== null) await rm(this.blobPath(last), { force: true });
    await rm(this.checkpointPath(stageKey), { force: true });
  }

  async putDocument(path: string, value: unknown, lasting: Lasting = 'durable'): Promise<void> {
    await this.writeSealed(this.documentPath(path), value, lasting);
  }

  async createDocument(path: string, value: unknown): Promise<boolean> {
    const place = this.documentPath(path);
    return this.written(place, sealed(value), 'durable', async (temporary) => {
      try {
        await link(temporary, place);
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
        throw error;
      } finally {
        await rm(temporary, { force: true });
      }
    });
  }

  async getDocument(path: string): Promise<unknown> {
    return this.readSealed(this.documentPath(path));
  }

  async listDocuments(folder: string): Promise<string[]> {
    const names = await readdir(this.documentPath(folder)).catch(() => []);
    return names.sort().map((name) => `${folder}/${name}`);
  }

  async dropDocument(path: string): Promise<void> {
    await rm(this.documentPath(path), { force: true });
  }

  private path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  private blobPath(key: string): string {
    return this.path('blobs', key.slice(0, 2), key);
  }

  private recordPath(stageKey: string): string {
    return this.path('records', `${stageKey}.json`);
  }

  private checkpointPath(stageKey: string): string {
    return this.path('checkpoints', `${stageKey}.json`);
  }

  private documentPath(path: string): string {
    if (path.split('/').some((part) => part === '' || part === '..' || part === '.')) {
      throw new PrunefrontError('PRUNEFRONT_INTERNAL', 'A document path must stay below its folder', { found: path });
    }
    return this.path('documents', path);
  }

  private async writeSealed(path: string, value: unknown, lasting: Lasting = 'durable'): Promise<void> {
    await this.write(path, sealed(value), lasting);
  }

  private async readSealed(path: string): Promise<unknown> {
    const bytes = await readIfThere(path);
    if (bytes === null) return null;
    const content = bytes.toString('utf8');
    const hash = content.slice(0, 64);
    const text = content.slice(65, -1);
    if (sha256(Buffer.from(text)) === hash) return JSON.parse(text) as unknown;
    await this.setAside(path);
    return null;
  }

  private write(path: string, bytes: Uint8Array, lasting: Lasting = 'durable'): Promise<void> {
    return this.written(path, bytes, lasting, (temporary) => rename(temporary, path));
  }

  /** Writes to a file of its own, forces it to the disk where it has to last, then puts it in place: a reader sees all or nothing. */
  private async written<T>(
    path: string,
    bytes: Uint8Array,
    lasting: Lasting,
    place: (temporary: string) => Promise<T>,
  ): Promise<T> {
    const temporary = this.path('writing', randomUUID());
    return guardDisk(path, WHAT, async () => {
      try {
        const file = await open(temporary, 'wx');
        try {
          await file.writeFile(bytes);
          if (lasting === 'durable') await file.sync();
        } finally {
          await file.close();
        }
        await makeFolder(dirname(path));
        return await place(temporary);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    });
  }

  /** Removes what killed processes were writing: no write takes a day. */
  private async removeLeftovers(): Promise<void> {
    for (const name of await readdir(this.path('writing'))) {
      const path = this.path('writing', name);
      // Another process may have finished or removed it, and a store that is only read keeps its leftovers.
      const age = await stat(path).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > DAY_MS) await rm(path, { force: true }).catch(() => undefined);
    }
  }

  private async setAside(path: string): Promise<void> {
    await rename(path, this.path('quarantine', `${Date.now()}-${randomUUID()}`)).catch(() => rm(path, { force: true }));
  }
}

/** JSON with its own hash in front, so that a changed byte is noticed. */
function sealed(value: unknown): Uint8Array {
  const text = canonicalJson(value);
  return Buffer.from(`${sha256(Buffer.from(text))}\n${text}\n`);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Makes a folder and those above it. Node's own `recursive` turns a read-only disk into ENOENT. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      if ((await stat(path)).isDirectory()) return;
      throw Object.assign(new Error(`not a folder: ${path}`, { cause: error }), { code: 'ENOTDIR' });
    }
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path).catch((again: NodeJS.ErrnoException) => {
      // Another process was faster.
      if (again.code !== 'EEXIST') throw again;
    });
  }
}
