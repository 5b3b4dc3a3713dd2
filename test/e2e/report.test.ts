import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderReport } from '../../core/report/render-report.js';
import { sampleResult } from '../core/report/sample-result.js';
import { CHROMIUM, TestBrowser } from '../support/browser.js';

describe.skipIf(CHROMIUM === undefined)('the report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'prunefront-report-'));
  const file = join(folder, 'report.html');
  let browser: TestBrowser;
  let page: Page;

  function open(width: number, colorScheme: 'light' | 'dark' = 'light', hash = ''): Promise<Page> {
    return browser.open(pathToFileURL(file).href + hash, { width, colorScheme });
  }

  /** Where a point of the plot is, from its centre of the canvas element. */
  async function pointPosition(id: string): Promise<{ x: number; y: number }> {
    // As text, because this program is not compiled with the types of a browser.
    const position = await page.evaluate<readonly [number, number] | null>(`(() => {
      const chart = echarts.getInstanceByDom(document.getElementById('pareto'));
      const point = chart.getOption().series.flatMap(({ data }) => data).find(({ id }) => id === ${JSON.stringify(id)});
      return point === undefined ? null : chart.convertToPixel({ xAxisIndex: 0, yAxisIndex: 0 }, point.value);
    })()`);
    if (position === null) throw new Error(`no point '${id}'`);
    return { x: position[0], y: position[1] };
  }

  beforeAll(async () => {
    writeFileSync(file, renderReport(sampleResult()));
    browser = await TestBrowser.start();
    page = await open(1280);
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('it opens from a file without an error, a blocked script or a request', () => {
    expect(browser.troubles).toEqual([]);
    expect(browser.requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([]);
  });

  test('it draws all four charts and shows the selected candidate first', async () => {
    for (const id of ['pareto', 'loss', 'progress', 'layers'])
      expect(await page.locator(`#${id} canvas`).count()).toBe(1);
    expect(await page.locator('#detail-label').textContent()).toBe('weight magnitude global, 70 %, 2 rounds');
    expect(await page.locator('#detail-badges').textContent()).toBe('selected');
  });

  test('a click on a point shows that candidate in detail, in the table and in the address', async () => {
    await page.locator('#pareto').click({ position: await pointPosition('c013') });
    expect(await page.locator('#detail-label').textContent()).toBe('weight magnitude global, 90 %, one-shot');
    expect(await page.locator('tr[data-picked] th').textContent()).toBe('c013');
    expect(new URL(page.url()).hash).toBe('#c013');
  });

  test('hovering over a point says which candidate it is and how it compares', async () => {
    await page.locator('#pareto').hover({ position: await pointPosition('dense') });
    await page.locator('#pareto').hover({ position: await pointPosition('c023') });
    const tip = page.locator('.tip');
    await tip.getByText('c023 · weight magnitude global, 98 %, 2 rounds').waitFor();
    expect(await tip.textContent()).toMatch(/Size, gzip.*× smaller/);
  });

  test('arrow keys go through the points', async () => {
    await page.locator('#candidate').selectOption('c013');
    await page.locator('#pareto').focus();
    await page.keyboard.press('ArrowRight');
    const next = await page.locator('tr[data-picked] th').textContent();
    expect(next).not.toBe('c013');
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('tr[data-picked] th').textContent()).toBe('c013');
  });

  test('other axes redraw the plot with their names', async () => {
    await page.locator('#axis-x').selectOption('latencyP50');
    await page.locator('#axis-y').selectOption('macs');
    expect(await page.locator('#pareto').getAttribute('aria-label')).toContain('MACs against Latency p50, 23 points');
    await page.locator('#axis-x').selectOption('bytesGzip');
    await page.locator('#axis-y').selectOption('accuracy');
  });

  test('a failed candidate shows its cause and no numbers', async () => {
    await page.locator('#candidate').selectOption('c012');
    expect(await page.locator('#detail-badges').textContent()).toContain('PRUNEFRONT_DIVERGED');
    expect(await page.locator('#detail-table tbody tr:first-child td:nth-child(2)').textContent()).toBe('–');
  });

  test('the table sorts both ways by a heading, with failed rows last', async () => {
    const ids = () => page.locator('#results tbody th').allTextContents();
    const heading = page.locator('#results th[data-sort="bytesGzip"]');
    await heading.getByRole('button').click();
    expect(await heading.getAttribute('aria-sort')).toBe('ascending');
    const ascending = await ids();
    expect(ascending.slice(-2)).toEqual(['c012', 'c024']);
    await heading.getByRole('button').click();
    const descending = await ids();
    expect(descending[0]).toBe('dense');
    expect(descending.slice(-2)).toEqual(['c012', 'c024']);
    expect(ascending[0]).not.toBe('dense');
  });

  test('the table filters by words and by standing, and says how many are left', async () => {
    await page.locator('#filter').fill('filter 90');
    expect(await page.locator('#shown').textContent()).toBe('3 of 25');
    await page.locator('#filter').fill('');
    await page.locator('#standing').selectOption('failed');
    expect(await page.locator('#shown').textContent()).toBe('2 of 25');
    expect(await page.locator('#results tbody tr:visible').count()).toBe(2);
  });

  test('an address with a candidate opens on it', async () => {
    const linked = await open(1280, 'light', '#c002');
    expect(await linked.locator('#candidate').inputValue()).toBe('c002');
    await linked.close();
  });

  test('at the width of a phone nothing but the tables scrolls sideways', async () => {
    const phone = await open(360);
    const [content, width] = await phone.evaluate<readonly [number, number]>(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    );
    expect(content).toBeLessThanOrEqual(width);
    await phone.close();
  });

  test('it follows the dark setting of the reader', async () => {
    const dark = await open(1280, 'dark');
    const background = await dark.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
    const levels = background.match(/\d+/g)?.slice(0, 3).map(Number) ?? [];
    expect(Math.max(...levels)).toBeLessThan(64);
    await dark.close();
  });

  test('nothing moves once it is drawn', async () => {
    const still = await open(1280);
    const shift = await still.evaluate<number>(`new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) sum += value;
      }).observe({ type: 'layout-shift', buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum), 0)));
    })`);
    expect(shift).toBeLessThan(0.02);
    await still.close();
  });

  test('all of it went without an error', () => {
    expect(browser.troubles).toEqual([]);
  });
});
