import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Stage } from '../../core/sweep/stage.js';
import { UNGUARDED } from '../../workers/gateway/access/access-settings.js';
import { createToken } from '../../workers/gateway/access/token-file.js';
import { CHROMIUM, TestBrowser } from '../support/browser.js';
import { PaperPage } from '../support/paper-page.js';
import { Gate } from '../support/paper-slots.js';
import { until } from '../support/paper-sweeps.js';
import { registerMetrics } from '../support/plugins.js';
import { temporaryFolders } from '../support/temporary-folder.js';
import { TestGateway, yamlSpec } from '../support/test-gateway.js';

const temporaryFolder = temporaryFolders(afterAll);

describe.skipIf(CHROMIUM === undefined)('sweeps on the page', () => {
  let paper: PaperPage;

  beforeAll(async () => {
    paper = await PaperPage.open();
  });
  afterAll(() => paper?.close());
  beforeEach(() => paper.sweeps.slots.reset());

  /** Lets the candidates up to a sparsity end, and holds the others at a gate each. */
  function holdAbove(sparsity: number): Gate[] {
    const gates: Gate[] = [];
    paper.sweeps.slots.behave = async ({ operation }: Stage, signal) => {
      if (operation.kind !== 'prune' || operation.sparsity <= sparsity) return null;
      const gate = new Gate();
      gates.push(gate);
      return gate.pass(signal);
    };
    return gates;
  }

  test('it lists the sweeps, and a click leads to one', async () => {
    const sweepId = await paper.gateway.finish(yamlSpec('listed', [0.11, 0.12]));
    const page = await paper.browser.open(paper.address);
    const row = page.getByRole('row').filter({ hasText: sweepId.slice('listed-'.length) });
    await row.getByText('done').waitFor();
    expect(await row.textContent()).toContain('100 %');
    await row.getByRole('link', { name: 'listed' }).click();
    await page.getByRole('heading', { level: 1, name: 'listed' }).waitFor();
    expect(new URL(page.url()).hash).toBe(`#/sweeps/${sweepId}`);
    await page.context().close();
  });

  test('a sweep that runs is live: candidates come as they end, then the result', async () => {
    const gates = holdAbove(0.21);
    const { sweepId } = await paper.gateway.start(yamlSpec('live', [0.21, 0.22, 0.23]));
    const page = await paper.browser.open(paper.addressOf(sweepId));
    await page.locator('#results').getByRole('button', { name: 'c001', exact: true }).waitFor();
    await page.getByText('1 of 3 candidates', { exact: true }).waitFor();
    expect(await page.locator('#results tbody tr').count()).toBe(2);
    expect(await page.locator('#pareto').getAttribute('aria-label')).toContain('2 points');
    await until(() => gates.length > 0);
    gates[0]?.open();
    await page.getByText('2 of 3 candidates', { exact: true }).waitFor();
    await page.locator('#results tbody tr').nth(2).waitFor();
    await until(() => gates.length > 1);
    gates[1]?.open();
    await page.getByRole('heading', { level: 1 }).getByText('done').waitFor();
    await page.getByRole('button', { name: 'Report' }).waitFor();
    await page.context().close();
  });

  test('every event is shown once, also those of a time when no gateway was there', async () => {
    const gates = holdAbove(0.24);
    const { sweepId } = await paper.gateway.start(yamlSpec('resumed', [0.24, 0.25, 0.26]));
    const port = Number(new URL(paper.address).port);
    const page = await paper.browser.open(paper.addressOf(sweepId));
    await page.locator('#results').getByRole('button', { name: 'c001', exact: true }).waitFor();
    await paper.gateway.close();
    await page.getByText('The gateway does not answer').waitFor();
    await until(() => gates.length > 0);
    gates[0]?.open();
    await until(() => gates.length > 1);
    paper.gateway = await TestGateway.start(paper.sweeps.env.address, paper.sweeps.store, 10_000, {
      http: `127.0.0.1:${port}`,
    });
    await page.getByText('2 of 3 candidates', { exact: true }).waitFor();
    expect(await page.getByText('The gateway does not answer').count()).toBe(0);
    for (const gate of gates) gate.open();
    await page.getByRole('button', { name: 'Report' }).waitFor();
    await page.locator('.events .ended').waitFor();
    const sequences = await page.evaluate<number[]>(
      `[...document.querySelectorAll('.events li')].map(({ dataset }) => Number(dataset.sequence))`,
    );
    expect(sequences.reverse()).toEqual(Array.from({ length: sequences.length }, (_, i) => i + 1));
    await page.context().close();
  });

  test('a point tells what it is, a click shows it, and other axes draw it elsewhere', async () => {
    const gates = holdAbove(0.6);
    const { sweepId } = await paper.gateway.start(yamlSpec('plotted', [0.3, 0.6, 0.9]));
    const page = await paper.browser.open(paper.addressOf(sweepId));
    await page.locator('#results').getByRole('button', { name: 'c002', exact: true }).waitFor();
    const plot = page.locator('#pareto');
    await plot.hover({ position: await middleOf(page, 'dense') });
    await plot.locator('.tip').getByText('dense · dense').waitFor();
    // Once, for a point under the pointer is lit up.
    const position = await middleOf(page, 'front');
    await plot.hover({ position });
    await plot.locator('.tip').getByText('c001 · weight magnitude global, 30 %, one-shot').waitFor();
    await plot.click({ position });
    await page.locator('#detail h3', { hasText: 'c001' }).waitFor();
    expect(new URL(page.url()).hash).toContain('candidate=c001');
    await page.locator('.lineage').getByText('prune to 30 %').waitFor();
    await page.locator('#axis-x').selectOption('latencyP50');
    expect(await page.locator('#pareto').getAttribute('aria-label')).toBe(
      'Accuracy, validation against Latency p50, 3 points',
    );
    await until(() => gates.length > 0);
    for (const gate of gates) gate.open();
    await paper.gateway.endOf(sweepId);
    await page.context().close();
  });

  test('a metric of a plugin has a column and an axis, while the sweep runs and after it', async () => {
    registerMetrics('wrong');
    const gates = holdAbove(0.25);
    const objectives = 'objectives: [{ minimize: wrong }, { minimize: bytesGzip }]';
    const { sweepId } = await paper.gateway.start(yamlSpec('owning', [0.25, 0.75], objectives));
    const page = await paper.browser.open(paper.addressOf(sweepId));
    const row = page.locator('#results tbody tr').filter({ hasText: 'c001' });
    await row.getByText('0.2500', { exact: true }).first().waitFor();
    await page.locator('#axis-y').selectOption('wrong');
    expect(await page.locator('#pareto').getAttribute('aria-label')).toContain('wrong, validation against');
    await until(() => gates.length > 0);
    for (const gate of gates) gate.open();
    await page.getByRole('button', { name: 'Report' }).waitFor();
    await row.getByRole('button', { name: 'c001', exact: true }).click();
    await page
      .locator('#detail-table tr', { hasText: 'wrong, validation' })
      .getByText('0.2500', { exact: true })
      .first()
      .waitFor();
    await page.locator('#results tbody tr').getByText('0.7500', { exact: true }).waitFor();
    await page.context().close();
  });

  test('two candidates are compared number by number, each with its charts and its lineage', async () => {
    const page = await paper.browser.open(
      `${paper.addressOf(await paper.gateway.finish(yamlSpec('compared', [0.31, 0.61])))}?candidate=c001&beside=c002`,
    );
    await page.locator('#loss-beside canvas').waitFor();
    const headings = await page.locator('#detail-table thead th').allTextContents();
    expect(headings).toEqual(['Metric', 'c001', 'against dense', 'c002', 'against dense', 'dense']);
    const lineages = page.locator('.lineage');
    expect(await lineages.nth(0).textContent()).toContain('prune to 31 %');
    expect(await lineages.nth(1).textContent()).toContain('prune to 61 %');
    for (const id of ['loss', 'progress', 'layers', 'loss-beside', 'progress-beside', 'layers-beside'])
      expect(await page.locator(`#${id} canvas`).count()).toBe(1);
    await page.getByRole('button', { name: 'c001 alone' }).click();
    await page.locator('#loss-beside').waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('a model is downloaded whole', async () => {
    const sweepId = await paper.gateway.finish(yamlSpec('saved', [0.32]));
    const page = await paper.browser.open(`${paper.addressOf(sweepId)}?candidate=c001`);
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the model of c001' }).click();
    const download = await waiting;
    expect(download.suggestedFilename()).toBe(`${sweepId}-c001.zip`);
    const files = unzipSync(readFileSync(await download.path()));
    for (const [name, bytes] of await paper.gateway.client.exportCandidate(sweepId, 'c001'))
      expect(Buffer.from(files[`${sweepId}-c001/${name}`] ?? []).equals(bytes)).toBe(true);
    await page.context().close();
  });

  test('pause asks first, then pauses; resume goes on; cancel ends it', async () => {
    const gates = holdAbove(0);
    const { sweepId } = await paper.gateway.start(yamlSpec('steered', [0.33, 0.34, 0.35]));
    const page = await paper.browser.open(paper.addressOf(sweepId));
    await until(async () => (await paper.gateway.client.status(sweepId)).progress.state === 'searching');
    await page.getByRole('button', { name: 'Pause' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Not now' }).click();
    expect((await paper.gateway.client.status(sweepId)).progress.state).toBe('searching');
    await page.getByRole('button', { name: 'Pause' }).click();
    await dialog.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await dialog.getByRole('button', { name: 'Cancel the sweep' }).click();
    await page.getByRole('heading', { level: 1 }).getByText('cancelled').waitFor();
    for (const gate of gates) gate.open();
    await paper.gateway.endOf(sweepId);
    await page.context().close();
  });

  test('a viewer is asked for a token, sees no buttons, and is refused whatever is sent', async () => {
    const folder = await temporaryFolder();
    const tokens = join(folder, 'tokens.json');
    const { token } = await createToken(tokens, 'guest', 'viewer', null);
    const guarded = await TestGateway.start(paper.sweeps.env.address, paper.sweeps.store, 10_000, {
      access: { ...UNGUARDED, tokens },
    });
    const gates = holdAbove(0.41);
    const { sweepId } = await paper.gateway.start(yamlSpec('guarded', [0.41, 0.42]));
    // A browser of its own, whose refusals are expected.
    const other = await TestBrowser.start();
    const page = await other.open(`${guarded.server.page}#/sweeps/${sweepId}`);
    await page.getByLabel('Your token').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('does not know this token').waitFor();
    await page.getByLabel('Your token').fill(token);
    await page.keyboard.press('Enter');
    await page.locator('#results').getByRole('button', { name: 'c001', exact: true }).waitFor();
    await page.getByText('guest').waitFor();
    for (const name of ['Pause', 'Cancel', 'Resume'])
      expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0);
    const status = await page.evaluate<number>(`fetch('/api/v1/SweepService/CancelSweep', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer ' + sessionStorage.getItem('prunefront-token') },
      body: JSON.stringify({ sweepId: ${JSON.stringify(sweepId)} }),
    }).then((response) => response.status)`);
    expect(status).toBe(403);
    expect((await paper.gateway.client.status(sweepId)).progress.state).toBe('searching');
    await until(() => gates.length > 0);
    for (const gate of gates) gate.open();
    await paper.gateway.endOf(sweepId);
    await other.close();
    await guarded.close();
  });

  test('no request has left the gateway, and nothing went wrong in the browser', () => {
    expect(paper.wrongs()).toEqual([]);
  });
});

/** Where the topmost point of a colour of the plot is: the first square of dots that have exactly it, which no line is wide enough for. */
async function middleOf(page: Page, colour: string): Promise<{ x: number; y: number }> {
  return page.evaluate<{ x: number; y: number }>(`(() => {
    const canvas = document.querySelector('#pareto canvas');
    const probe = document.createElement('i');
    probe.style.color = 'var(--${colour})';
    document.body.append(probe);
    const wanted = getComputedStyle(probe).color.match(/\\d+/g).slice(0, 3).map(Number);
    probe.remove();
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    const has = (x, y) => wanted.every((part, i) => data[4 * (y * width + x) + i] === part);
    const around = [-2, -1, 0, 1, 2];
    for (let y = 2; y < height - 2; y += 1)
      for (let x = 2; x < width - 2; x += 1)
        if (has(x, y) && around.every((dy) => around.every((dx) => has(x + dx, y + dy)))) return { x, y };
    throw new Error('no point of this colour');
  })()`);
}
