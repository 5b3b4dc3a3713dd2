import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { loadTensorFlow } from '../../core/network/tensorflow.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import type { Stage } from '../../core/sweep/stage.js';
import { DataCache } from '../../core/training/engines/data-cache.js';
import { ProgramCache } from '../../core/training/engines/program-cache.js';
import { runStage } from '../../core/training/stages/run-stage.js';

/**
 * A trainer that nobody listens to: `--store FOLDER`. Runs each stage that a line of standard input holds as a trainer process does, without
 * a socket and without progress, and prints a line when it has ended.
 */
const { values } = parseArgs({ options: { store: { type: 'string', default: '' } } });
const store = await openFolderStore(values.store);
const tf = loadTensorFlow();
const programs = new ProgramCache();
const dataSets = new DataCache(2 ** 30);
for await (const line of createInterface({ input: process.stdin })) {
  await runStage(JSON.parse(line) as Stage, {
    ...{ tf, store, programs, dataSets, ranOn: 'bare', checkpoint: null, checkpointEveryMs: 5000, callMs: 100 },
    prefersBfloat16: false,
    signal: new AbortController().signal,
    handOver: new AbortController().signal,
    onProgress: () => undefined,
  });
  console.log('done');
}
