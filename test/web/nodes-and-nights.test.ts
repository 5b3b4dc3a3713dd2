import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Publications } from '../../core/nightly/publications.js';
import { type NodeRecord, nodeRecordPath, nodeWantedPath } from '../../core/nodes/node-record.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { CHROMIUM, TestBrowser } from '../support/browser.js';
import { frontPoint } from '../support/front-points.js';
import { lineageOf } from '../support/lineages.js';
import { temporalServer, until } from '../support/paper-sweeps.js';
import { temporaryFolders } from '../support/temporary-folder.js';
import { TestGateway, yamlSpec } from '../support/test-gateway.js';

const temporaryFolder = temporaryFolders(afterAll);

function nodeRecord(name: string): NodeRecord {
  const work = { sweep: 'demo', candidate: 'c007', label: 'weight 80 %', stageKey: 'k', phase: 'train' as const };
  const told = {
    utilization: 0.91,
    memoryUsedBytes: 6e9,
    memoryTotalBytes: 80e9,
    temperatureCelsius: 61,
    powerWatts: 410,
  };
  const slot = { device: '0', threads: 4, trainerRestarts: 2, trainerResidentBytes: 1e8 };
  return {
    ...{ name, state: 'ready', version: '0.1.0', taskQueues: ['prunefront-stages-nvidia-h100'] },
    devices: [{ id: '0', kind: 'nvidia-h100', name: 'NVIDIA H100', ...told }],
    slots: [
      { ...slot, slot: 0, state: 'busy', work: { ...work, step: 30, steps: 120, imagesPerSecond: 5200 } },
      { ...slot, slot: 1, state: 'free', work: null },
    ],
    ...{ startedAt: '2026-01-01T00:00:00.000Z', seenAt: new Date().toISOString() },
  };
}

describe.skipIf(CHROMIUM === undefined)('nodes and nights on the page', () => {
  let folder: string;
  let env: TestWorkflowEnvironment;
  let store: ArtifactStore;
  let gateway: TestGateway;
  let browser: TestBrowser;
  let page: Page;

  beforeAll(async () => {
    folder = await temporaryFolder();
    await mkdir(join(folder, 'models'));
    store = await openFolderStore(join(folder, 'store'));
    [env, browser] = await Promise.all([temporalServer(), TestBrowser.start()]);
    gateway = await TestGateway.start(env.address, store);
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.close();
    await env?.teardown();
  });

  test('a node is shown with its device and what each slot runs; draining it asks first', async () => {
    await store.putDocument(nodeRecordPath('gpu-1'), nodeRecord('gpu-1'));
    page = await browser.open(`${gateway.server.page}#/nodes`);
    const node = page.getByRole('region', { name: 'Node gpu-1' });
    await node.waitFor();
    const text = (await node.textContent()) ?? '';
    for (const told of [
      'NVIDIA H100',
      '61 °C',
      '410 W',
      '6.00\u202fGB of 80.0\u202fGB',
      'demo c007',
      'train 30/120',
      '5.20\u202fk',
    ])
      expect(text).toContain(told);
    await page.getByRole('button', { name: 'Drain gpu-1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Not now' }).click();
    expect(await store.getDocument(nodeWantedPath('gpu-1'))).toBe(null);
    await page.getByRole('button', { name: 'Drain gpu-1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click();
    await until(async () => (await store.getDocument(nodeWantedPath('gpu-1'))) !== null);
    expect(await store.getDocument(nodeWantedPath('gpu-1'))).toMatchObject({ draining: true, by: 'local' });
  });

  test('a schedule is shown with its next night, and is paused and resumed', async () => {
    const text = yamlSpec('nightly', [0.5], 'nightly: { watch: { models: ./models }, publish: { name: digits } }');
    const spec = { text, fileName: 'nightly.yaml', baseFolder: folder };
    await gateway.client.schedules.create({ name: 'digits', cron: '0 2 * * *', timeZone: '', spec });
    await page.keyboard.press('3');
    const schedule = page.getByRole('region', { name: 'Schedule digits' });
    await schedule.getByText('next night in').waitFor();
    await schedule.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await schedule.getByText('no next night').waitFor();
    expect(await gateway.client.schedules.get('digits')).toMatchObject({ paused: true });
    await schedule.getByRole('button', { name: 'Resume' }).click();
    await schedule.getByText('next night in').waitFor();
  });

  test('a publication is shown in its versions, downloaded, and rolled back after a question', async () => {
    const publications = new Publications(store);
    const version = {
      name: 'digits',
      metrics: frontPoint('c001', { own: { wrong: 0.025 } }).summary,
      lineage: lineageOf('digits'),
      spec: '',
      folder: null,
    };
    const model = [{ name: 'model.json', bytes: Buffer.from('one') }];
    await publications.publish(version, model);
    const next = { ...version, lineage: { ...version.lineage, runId: 'run-2' } };
    await publications.publish(next, [{ name: 'model.json', bytes: Buffer.from('two') }]);
    const card = page.getByRole('region', { name: 'Publication digits' });
    await card.getByText('published, version 2').waitFor();
    expect(await card.getByRole('row').nth(1).textContent()).toMatch(/98\.\d+\s%, wrong 0\.025/);
    const waiting = page.waitForEvent('download');
    await card.getByRole('button', { name: 'Download version 1' }).click();
    const download = await waiting;
    expect(download.suggestedFilename()).toBe('digits-1.zip');
    const files = unzipSync(readFileSync(await download.path()));
    expect(Buffer.from(files['digits-1/model.json'] ?? []).toString()).toBe('one');
    await card.getByRole('button', { name: 'Roll back to version 1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Back to version 1' }).click();
    await card.getByText('published, version 1').waitFor();
    expect((await publications.current('digits'))?.version).toBe(1);
  });

  test('nothing went wrong in the browser', () => {
    expect(browser.troubles).toEqual([]);
  });
});
