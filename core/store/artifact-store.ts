import type { StageRecord } from '../sweep/observation.js';

/** Whether a document has to outlive a crash of the machine, or is told again within seconds. */
export type Lasting = 'durable' | 'fleeting';

/**
 * The content-addressed store that all processes share. Writes are atomic: a reader sees the whole thing or nothing.
 * @throws PrunefrontError `PRUNEFRONT_STORE_FULL`, `PRUNEFRONT_STORE_READ_ONLY` from every write.
 */
export interface ArtifactStore {
  /** Stores bytes; returns their SHA-256 in hex. Storing the same bytes twice is one blob. */
  putBlob(bytes: Uint8Array): Promise<string>;
  /**
   * The bytes of a blob, checked against its key.
   * @throws PrunefrontError `PRUNEFRONT_ARTIFACT_MISSING`, or `PRUNEFRONT_ARTIFACT_CORRUPT` (the bad blob is moved aside, so that it can be made again).
   */
  getBlob(key: string): Promise<Uint8Array>;
  hasBlob(key: string): Promise<boolean>;
  /** Stores the record of a finished stage. */
  putRecord(record: StageRecord): Promise<void>;
  /** The record of a finished stage whose blobs are all whole; null where there is none or it, or a blob of it, was damaged (then it is moved aside and done again). */
  getRecord(stageKey: string): Promise<StageRecord | null>;
  /** Remembers the newest checkpoint of an unfinished stage. */
  putCheckpoint(stageKey: string, blobKey: string): Promise<void>;
  /** Blob key of the newest checkpoint, or null. */
  getCheckpoint(stageKey: string): Promise<string | null>;
  /** Forgets the checkpoints of a finished stage and deletes their blobs. */
  dropCheckpoints(stageKey: string): Promise<void>;
  /** Small JSON documents by path below `documents/`, such as `sweeps/ID/outcomes/c001.json`; with a hash inside, checked on reading. */
  putDocument(path: string, value: unknown, lasting?: Lasting): Promise<void>;
  /** Stores a document where none is at its path; says whether it did. Of several that try at once, one does. */
  createDocument(path: string, value: unknown): Promise<boolean>;
  getDocument(path: string): Promise<unknown>;
  listDocuments(folder: string): Promise<string[]>;
  /** Removes a document, where it is there. */
  dropDocument(path: string): Promise<void>;
}
