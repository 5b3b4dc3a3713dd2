import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXAMPLES } from '../core/spec/parse.js';
import { CHROMIUM } from '../support/browser.js';
import { PaperPage } from '../support/paper-page.js';
import { yamlSpec } from '../support/test-gateway.js';

const SPARSITIES = [0.2, 0.5, 0.8];
/** A sweep of examples/regression.yaml's model and data whose error is to become small. */
const REGRESSION = yamlSpec('numbers', SPARSITIES, 'objectives: [{ minimize: mae }, { minimize: bytesGzip }]')
  .replace(
    'model: { zoo: mnistMlp }',
    `task: regression\nmodel: { file: ${join(EXAMPLES, 'models/friedman/model.json')} }`,
  )
  .replace('dataset: mnist', `dataset: { csv: { file: ${join(EXAMPLES, 'data/friedman.csv')}, label: y } }`);
const RECONSTRUCTION = yamlSpec(
  'images',
  SPARSITIES,
  'objectives: [{ maximize: psnr }, { minimize: bytesGzip }]',
).replace('model: { zoo: mnistMlp }', 'task: { reconstruction: { noise: 0.3 } }\nmodel: { zoo: denoisingAutoencoder }');
const COMPRESSED = yamlSpec(
  'smaller',
  [0.5],
  'objectives: [{ maximize: accuracy }, { minimize: bytesEncoded }]',
).replace(
  '  schedule:',
  '  compression: [none, quantize, [{ factorize: { fraction: 0.9 } }, prune, quantize]]\n  schedule:',
);

describe.skipIf(CHROMIUM === undefined)('the page in a browser, of sweeps of every task', () => {
  let paper: PaperPage;

  beforeAll(async () => {
    paper = await PaperPage.open();
  });
  afterAll(() => paper?.close());

  /** A finished sweep with one of its candidates in detail. */
  async function opened(spec: string, candidate: string): Promise<Page> {
    const sweepId = await paper.gateway.finish(spec);
    const page = await paper.browser.open(`${paper.addressOf(sweepId)}?candidate=${candidate}`);
    await page.getByRole('button', { name: 'Report' }).waitFor();
    await page.locator('#detail-table').waitFor();
    return page;
  }

  describe('a regression', () => {
    let page: Page;
    beforeAll(async () => {
      page = await opened(REGRESSION, 'c002');
    });
    afterAll(() => page?.context().close());

    test('its table, figures and details have R² and the absolute error, and no accuracy', async () => {
      expect(await headings(page)).toEqual([
        ...['Candidate', 'Standing', 'What it is', 'R², validation', 'Change from dense'],
        ...['Sparsity', 'Size, gzip', 'MACs', 'Latency p50', 'Beside'],
      ]);
      expect(await cells(page, 'c002')).toEqual(expect.arrayContaining(['75.00\u202f%', '\u221225.00\u202fpt']));
      expect(await detail(page, 'Absolute error, validation')).toEqual(['0.6000', '6.0× larger', '0.1000']);
      expect(await detail(page, 'R², test')).toEqual(['75.00\u202f%', '\u221225.00\u202fpt', '100.00\u202f%']);
      expect(await page.locator('.figures').textContent()).toMatch(/Best R²90\.00\s%c001: −10\.00\spt/);
      expect(await page.locator('#detail').textContent()).toContain('Validation R² and sparsity');
      expect(await page.locator('.lineage').textContent()).toContain('R² 75.00');
      expect(await page.locator('body').textContent()).not.toMatch(/accuracy|NaN|undefined/i);
    });

    test('its axes are its objectives, and the line of the front goes to where the error is low', async () => {
      const plot = page.locator('#pareto');
      expect(await plot.getAttribute('aria-label')).toBe('Absolute error, validation against Size, gzip, 4 points');
      expect(await standings(page)).toEqual(['dense', 'front', 'selected', 'front']);
      // Were a high error the better, the smallest candidate alone would be the front, and nothing to join.
      expect(await longestLine(page)).toBeGreaterThan(100);
      await page.locator('#axis-y').selectOption('r2');
      expect(await plot.getAttribute('aria-label')).toBe('R², validation against Size, gzip, 4 points');
      expect(await longestLine(page)).toBeGreaterThan(100);
      const offered = await page.locator('#axis-y option').allTextContents();
      expect(offered.slice(0, 5)).toEqual([
        ...['R², validation', 'Change from dense', 'R², test', 'R² before recovery', 'Absolute error, validation'],
      ]);
    });
  });

  describe('a reconstruction', () => {
    let page: Page;
    beforeAll(async () => {
      page = await opened(RECONSTRUCTION, 'c003');
    });
    afterAll(() => page?.context().close());

    test('its table, figures and details have decibels and the squared error, and no accuracy', async () => {
      expect((await headings(page)).slice(3, 5)).toEqual(['PSNR, validation', 'Change from dense']);
      expect(await cells(page, 'c003')).toEqual(expect.arrayContaining(['12.00\u202fdB', '\u22128.00\u202fdB']));
      expect(await detail(page, 'PSNR, validation')).toEqual(['12.00\u202fdB', '\u22128.00\u202fdB', '20.00\u202fdB']);
      expect(await detail(page, 'Squared error, validation')).toEqual(['0.09000', '9.0× larger', '0.01000']);
      expect(await page.locator('.figures').textContent()).toMatch(/Best PSNR18\.00\sdBc001: −2\.00\sdB/);
      expect(await page.locator('body').textContent()).not.toMatch(/accuracy|NaN|undefined/i);
    });

    test('its axes are its objectives, and the line of the front goes to where decibels are many and the error low', async () => {
      const plot = page.locator('#pareto');
      expect(await plot.getAttribute('aria-label')).toBe('PSNR, validation against Size, gzip, 4 points');
      expect(await longestLine(page)).toBeGreaterThan(100);
      await page.locator('#axis-y').selectOption('mse');
      expect(await plot.getAttribute('aria-label')).toBe('Squared error, validation against Size, gzip, 4 points');
      expect(await longestLine(page)).toBeGreaterThan(100);
    });
  });

  test('the list of sweeps has the best score of each in the units of its task', async () => {
    const page = await opened(REGRESSION, 'dense');
    await paper.gateway.start(RECONSTRUCTION);
    await page.evaluate('location.hash = "#/sweeps"');
    const best = (name: string) => page.getByRole('row').filter({ hasText: name }).locator('td.number').first();
    await best('images').getByText('18.00\u202fdB').waitFor();
    expect(await best('images').getAttribute('title')).toBe('PSNR');
    expect(await best('numbers').textContent()).toBe('90.00\u202f%');
    expect(await best('numbers').getAttribute('title')).toBe('R²');
    await page.context().close();
  });

  test('a quantized candidate, and one that was factorized before, say so and have the sizes that this gave them', async () => {
    const page = await opened(COMPRESSED, 'c002');
    const rows = await page.locator('#results tbody td.label').allTextContents();
    expect(rows.map((label) => label.replace('weight magnitude global, 50 %, one-shot', ''))).toEqual([
      ...['dense', '', ', quantize', ', factorize then prune then quantize'],
    ]);
    expect(await page.locator('#pareto').getAttribute('aria-label')).toBe(
      'Accuracy, validation against Size, encoded, 4 points',
    );
    // Quantizing leaves the float32 weights as many as they were, and factors make them fewer.
    const sizes = async (id: string) => (await cells(page, id)).slice(5, 7);
    expect(await sizes('c002')).toEqual(await sizes('c001'));
    expect([await sizes('c001'), await sizes('c003')]).toEqual([
      ['550\u202fB', '550'],
      ['275\u202fB', '275'],
    ]);
    expect(await detail(page, 'Size, encoded')).toEqual(['138\u202fB', '7.3× smaller', '1.00\u202fkB']);
    expect(await facts(page, 'Compression')).toMatch(/^prune, then quantize .*bits=8/);
    expect(await lineage(page)).toEqual(['baseline', 'prune to 50 %', 'quantize']);
    await page.getByRole('button', { name: 'c003', exact: true }).click();
    await page.locator('#detail h3', { hasText: 'c003' }).getByText('factorize').waitFor();
    expect(await detail(page, 'Size, encoded')).toEqual(['69\u202fB', '15× smaller', '1.00\u202fkB']);
    expect(await facts(page, 'Compression')).toMatch(/^factorize .*, then prune, then quantize/);
    expect(await lineage(page)).toEqual(['baseline', 'factorize', 'prune to 50 %', 'quantize']);
    await page.context().close();
  });

  test('nothing went wrong in the browser', () => {
    expect(paper.browser.troubles).toEqual([]);
  });
});

function headings(page: Page): Promise<string[]> {
  return page.locator('#results thead th').allTextContents();
}

function standings(page: Page): Promise<string[]> {
  return page.locator('#results tbody td:nth-child(2)').allTextContents();
}

/** The cells of a candidate in the table. */
function cells(page: Page, id: string): Promise<string[]> {
  const pick = page.getByRole('button', { name: id, exact: true });
  return page.locator('#results tbody tr').filter({ has: pick }).locator('td').allTextContents();
}

/** What the details say of a metric: the candidate's, how it compares with the dense model, and that one's. */
function detail(page: Page, label: string): Promise<string[]> {
  const heading = page.getByRole('rowheader', { name: label, exact: true });
  return page.locator('#detail-table tbody tr').filter({ has: heading }).locator('td').allTextContents();
}

/** What a candidate is, by one of its facts. */
function facts(page: Page, name: string): Promise<string | null> {
  const term = page.locator('dt', { hasText: name });
  return page.locator('#detail .pairs > div').filter({ has: term }).locator('dd').textContent();
}

/** What the stages do that made the candidate. */
function lineage(page: Page): Promise<string[]> {
  return page.locator('.lineage b').allTextContents();
}

/** Pixels of the longest level line of the front's colour in the plot; a point is some ten wide. */
function longestLine(page: Page): Promise<number> {
  return page.evaluate<number>(`(() => {
    const canvas = document.querySelector('#pareto canvas');
    const probe = document.createElement('i');
    probe.style.color = 'var(--front)';
    document.body.append(probe);
    const wanted = getComputedStyle(probe).color.match(/\\d+/g).slice(0, 3).map(Number);
    probe.remove();
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    let longest = 0;
    for (let y = 0; y < height; y += 1)
      for (let x = 0, run = 0; x < width; x += 1) {
        run = wanted.every((part, i) => data[4 * (y * width + x) + i] === part) ? run + 1 : 0;
        longest = Math.max(longest, run);
      }
    return longest;
  })()`);
}
