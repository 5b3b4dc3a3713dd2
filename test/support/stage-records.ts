import { modelFiles } from '../../core/models/model-file.js';
import { zooModel } from '../../core/models/zoo/index.js';
import { keyedStage } from '../../core/search/stage-key.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import type { Observation, StageRecord } from '../../core/sweep/observation.js';

const SCORE = { accuracy: 0.9, loss: 0.3, examples: 100 };
const LATENCY = { batchSize: 1, p50: 1, p95: 2, runs: 10 };

const OBSERVATION: Observation = {
  validation: SCORE,
  afterPruning: null,
  test: null,
  requestedSparsity: 0,
  reachedSparsity: 0,
  parameters: 10,
  nonzeroParameters: 10,
  macs: 20,
  nonzeroMacs: 20,
  bytesDense: 40,
  bytesGzip: 40,
  bytesSparse: 40,
  latency: LATENCY,
  batchLatency: LATENCY,
  surgeryDifference: null,
  layers: [],
  curve: [],
  deviceSeconds: 1,
  device: 'TensorFlow CPU',
  versions: {},
};

/** A whole record of a finished stage in the store; its blobs but the model.json hold `text`. */
export async function storedRecord(store: ArtifactStore, text: string): Promise<StageRecord> {
  const blob = (part: string): Promise<string> => store.putBlob(Buffer.from(`${part} of ${text}`));
  const modelJson = Buffer.from(modelFiles(zooModel('mnistMlp'), []).modelJson);
  const record: StageRecord = {
    stage: keyedStage({ parent: null, baseline: null, dataset: text, seed: 1, operation: { kind: 'score' } }),
    observation: OBSERVATION,
    state: await blob('state'),
    model: { topology: await store.putBlob(modelJson), weights: await blob('weights') },
    rewindStates: { 0: await blob('rewind') },
    resumedAt: [],
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:01:00.000Z',
    ranOn: 'node-1/0',
  };
  await store.putRecord(record);
  return record;
}
