import type { ArtifactStore } from '../../store/artifact-store.js';
import { type SpanArguments, storeSpan } from './profile.js';

/** A store whose reads and writes of artifacts, records and checkpoints are spans. */
export function profiledStore(store: ArtifactStore): ArtifactStore {
  return {
    putBlob: (bytes) => timed('store write', { bytes: bytes.byteLength }, store.putBlob(bytes)),
    getBlob: (key) => timed('store read', { key }, store.getBlob(key)),
    hasBlob: (key) => store.hasBlob(key),
    putRecord: (record) => timed('store write', { record: record.stage.key }, store.putRecord(record)),
    getRecord: (record) => timed('store read', { record }, store.getRecord(record)),
    putCheckpoint: (checkpoint, blob) => timed('store write', { checkpoint }, store.putCheckpoint(checkpoint, blob)),
    getCheckpoint: (checkpoint) => timed('store read', { checkpoint }, store.getCheckpoint(checkpoint)),
    dropCheckpoints: (checkpoint) => timed('store write', { checkpoint }, store.dropCheckpoints(checkpoint)),
    putDocument: (path, value, lasting) => store.putDocument(path, value, lasting),
    createDocument: (path, value) => store.createDocument(path, value),
    getDocument: (path) => store.getDocument(path),
    listDocuments: (folder) => store.listDocuments(folder),
    dropDocument: (path) => store.dropDocument(path),
  };
}

/** The span begins a moment after the operation, which had no time to do anything. */
async function timed<T>(name: string, args: SpanArguments, operation: Promise<T>): Promise<T> {
  const end = storeSpan(name, args);
  try {
    return await operation;
  } finally {
    end();
  }
}
