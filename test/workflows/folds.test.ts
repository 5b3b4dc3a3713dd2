import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { initialWeights } from '../../core/models/initial-weights.js';
import { modelFiles, WEIGHTS_FILE } from '../../core/models/model-file.js';
import { zooModel } from '../../core/models/zoo/index.js';
import { Publications } from '../../core/nightly/publications.js';
import type { Stage } from '../../core/sweep/stage.js';
import { freshPaperSweeps } from '../support/fresh-paper-sweeps.js';
import { nightSpec, savedNightModel, startNight } from '../support/paper-nights.js';
import { type PaperSweeps, paperSpec, until } from '../support/paper-sweeps.js';
import { temporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = temporaryFolders(afterAll);

let sweeps: PaperSweeps;
freshPaperSweeps((opened) => {
  sweeps = opened;
});

const folded = (name: string, sparsity: readonly number[]) =>
  paperSpec(name, sparsity, { split: { folds: 3, test: 0.2, seed: 1 } });
const ran = (kind: Stage['operation']['kind']): Stage[] =>
  sweeps.slots.ran.filter(({ operation }) => operation.kind === kind);

describe('a sweep with folds', () => {
  it('given a spec, when it runs, then every candidate is run on every fold, and is one point with the scores of all', async () => {
    const handle = await sweeps.start(folded('whole-folds', [0.11, 0.12]));
    const end = await handle.result();
    expect(end).toMatchObject({ state: 'done', candidates: { ok: 2, failed: 0, proposed: 2, total: 2 } });
    expect([ran('baseline'), ran('prune'), ran('folds'), ran('score')].map(({ length }) => length)).toEqual([
      3, 6, 3, 3,
    ]);
    expect(end.stages).toEqual({ done: 15, reused: 0, inFlight: 0, waiting: 0, shared: 0 });
    const rows = (await sweeps.result(handle))?.rows ?? [];
    expect(rows.map(({ id, status }) => [id, status])).toEqual([
      ['dense', 'ok'],
      ['c001', 'ok'],
      ['c002', 'ok'],
    ]);
    for (const row of rows) {
      if (row.status === 'failed') throw new Error(row.id);
      expect(row.observation.folds).toHaveLength(3);
      expect(row.observation.test).not.toBeNull();
      // The curve of the model that is handed out, and of what it is together with the others none.
      if (row.candidate !== null) expect(Object.keys(row.curves ?? {})).toEqual([row.candidate.stages[0]?.key]);
    }
  });

  it('given baselines of folds, when they run, then all of them do at once', async () => {
    const gate = sweeps.slots.hold(({ operation }) => operation.kind === 'baseline');
    const handle = await sweeps.start(paperSpec('at-once', [0.2], { split: { folds: 4, test: 0.2, seed: 2 } }));
    await until(() => gate.waiting === 4);
    gate.open();
    expect((await handle.result()).state).toBe('done');
  });

  it('given one fold’s baseline altered on disk, when candidates need it, then it is made again once and the sweep goes on', async () => {
    const gate = sweeps.slots.hold();
    const handle = await sweeps.start(paperSpec('altered-fold', [0.3], { split: { folds: 3, test: 0.2, seed: 3 } }));
    await until(() => gate.waiting === 1);
    const [, second] = ran('baseline');
    const record = await sweeps.store.getRecord(second?.key ?? '');
    await writeFile(sweeps.blobPath(record?.state ?? ''), 'altered');
    sweeps.slots.ran.length = 0;
    gate.open();
    expect(await handle.result()).toMatchObject({ state: 'done', candidates: { ok: 1, failed: 0 } });
    expect(ran('baseline').map(({ key }) => key)).toEqual([second?.key]);
  });

  it('given a candidate that fails on its second fold, when it ends, then it has failed and the sweep goes on', async () => {
    const error = { code: 'PRUNEFRONT_DIVERGED', message: 'the loss is no number' } as const;
    let tries = 0;
    sweeps.slots.behave = async ({ operation }) =>
      operation.kind === 'prune' && operation.sparsity === 0.41 && ++tries === 2 ? { kind: 'failed', error } : null;
    const end = await (await sweeps.start(folded('second-fold', [0.41, 0.42]))).result();
    expect(end).toMatchObject({ state: 'done', candidates: { ok: 1, failed: 1 }, stages: { waiting: 0 } });
    expect(end.failures[0]?.cause.code).toBe('PRUNEFRONT_DIVERGED');
  });
});

describe('nights with folds', () => {
  it('given what is published, when the next night judges it, then it is measured on each fold', async () => {
    const models = join(await temporaryFolder(), 'models');
    await mkdir(models);
    const spec = { ...nightSpec('folded-nights', models), split: { folds: 3, test: 0.2, seed: 1 } };
    await savedNightModel(models, 1);
    expect(await (await startNight(sweeps, spec, 1)).result()).toMatchObject({ outcome: 'published', version: 1 });
    await publishReal(spec.name);
    await savedNightModel(models, 2);
    sweeps.slots.ran.length = 0;
    const second = await (await startNight(sweeps, spec, 2)).result();
    expect(second.opponent).toMatchObject({ version: 2 });
    const asItIs = ran('baseline').filter(
      ({ operation }) => operation.kind === 'baseline' && operation.training.epochs === 0,
    );
    expect(new Set(asItIs.map(({ dataset }) => dataset)).size).toBe(3);
    expect(sweeps.slots.ran.at(-1)?.operation).toEqual({ kind: 'folds', of: asItIs });
  });
});

/** Publishes a model that can be loaded, and that was made of other data. */
async function publishReal(name: string): Promise<void> {
  const publications = new Publications(sweeps.store);
  const before = await publications.currentManifest(name);
  if (before === null) throw new Error('nothing is published');
  const topology = zooModel('mnistMlp');
  const { modelJson, weightsBin } = modelFiles(topology, initialWeights(topology, 1));
  const lineage = { ...before.lineage, dataset: 'other', runId: 'other' };
  await publications.publish({ name, metrics: before.metrics, lineage, spec: before.spec, folder: null }, [
    { name: 'model.json', bytes: Buffer.from(modelJson) },
    { name: WEIGHTS_FILE, bytes: weightsBin },
  ]);
}
