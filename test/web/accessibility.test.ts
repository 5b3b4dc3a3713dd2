import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '../support/browser.js';
import { PaperPage } from '../support/paper-page.js';
import { yamlSpec } from '../support/test-gateway.js';

describe.skipIf(CHROMIUM === undefined)('the accessibility of the page', () => {
  let paper: PaperPage;

  beforeAll(async () => {
    paper = await PaperPage.open();
  });
  afterAll(() => paper?.close());

  test('everything is reached by keys alone, and the keys are listed', async () => {
    await paper.gateway.finish(yamlSpec('keyed', [0.36, 0.66]));
    const page = await paper.browser.open(paper.address);
    await page.getByRole('link', { name: 'keyed' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    while ((await focused(page)) !== 'keyed') await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'keyed' }).waitFor();
    await page.locator('#results').waitFor();
    const picked = page.locator('tr[data-picked] .pick');
    await picked.waitFor();
    const first = await picked.textContent();
    await page.keyboard.press('j');
    await page.locator(`tr[data-picked] .pick:not(:text-is("${first}"))`).waitFor();
    await page.keyboard.press('k');
    await page.locator(`tr[data-picked] .pick:text-is("${first}")`).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Next candidate').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('2');
    await page.getByRole('heading', { level: 1, name: 'Nodes' }).waitFor();
    await page.keyboard.press('1');
    await page.getByRole('heading', { level: 1, name: 'Sweeps' }).waitFor();
    await page.context().close();
  });

  test('it follows the dark setting of the reader, and the switch has the last word', async () => {
    const page = await paper.browser.open(paper.address, { colorScheme: 'dark' });
    expect(await brightness(page)).toBeLessThan(64);
    await page.keyboard.press('t');
    expect(await brightness(page)).toBeGreaterThan(192);
    await page.reload();
    expect(await brightness(page)).toBeGreaterThan(192);
    await page.context().close();
  });

  test('at the width of a phone nothing but tables scrolls sideways', async () => {
    const page = await paper.browser.open(
      `${paper.addressOf(await paper.gateway.finish(yamlSpec('narrow', [0.37])))}?candidate=c001`,
      { width: 360 },
    );
    await page.locator('#detail-table').waitFor();
    const [content, width] = await page.evaluate<readonly [number, number]>(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    );
    expect(content).toBeLessThanOrEqual(width);
    await page.context().close();
  });

  test.each(['light', 'dark'] as const)('in %s, no rule of axe-core is broken on any page', async (colorScheme) => {
    const sweepId = await paper.gateway.finish(yamlSpec(`axe-${colorScheme}`, [colorScheme === 'dark' ? 0.38 : 0.39]));
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    const page = await paper.browser.open(paper.address, { colorScheme });
    await page.getByRole('link', { name: `axe-${colorScheme}` }).waitFor();
    const found: unknown[] = [];
    for (const [place, shown] of [
      ['/sweeps', 'h1:has-text("Sweeps")'],
      [`/sweeps/${sweepId}?candidate=c001&beside=dense`, '#layers-beside canvas'],
      ['/nodes', 'h1:has-text("Nodes")'],
      ['/nights', 'h1:has-text("Nights")'],
    ] as const) {
      await page.evaluate(`location.hash = ${JSON.stringify(`#${place}`)}`);
      await page.locator(shown).waitFor();
      // Evaluated by the debugger, which the page's own policy does not bind.
      const violations = await page.evaluate<unknown[]>(
        `${axe}; axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))`,
      );
      found.push(...violations.map((violation) => [place, violation]));
    }
    expect(found).toEqual([]);
    await page.context().close();
  });

  test('no request has left the gateway, and nothing went wrong in the browser', () => {
    expect(paper.wrongs()).toEqual([]);
  });
});

function focused(page: Page): Promise<string> {
  return page.evaluate<string>('document.activeElement?.textContent ?? ""');
}

/** The brightest part of the page's background, 0 to 255. */
async function brightness(page: Page): Promise<number> {
  const background = await page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
  return Math.max(...(background.match(/\d+/g)?.slice(0, 3).map(Number) ?? []));
}
