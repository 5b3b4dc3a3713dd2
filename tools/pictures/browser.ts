import { type Browser, chromium, type ViewportSize } from 'playwright-core';
import { findOnPath } from '../paths.mjs';

// No sandbox, because it does not work as root in containers; no background networking, because the pages need none.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--hide-scrollbars',
];

/** Starts the Chromium of this machine. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
    .map(findOnPath)
    .find((found) => found !== undefined);
  if (executablePath === undefined)
    throw new Error('no Chromium on PATH; Debian and Ubuntu have it as package `chromium`');
  return chromium.launch({ executablePath, args: FLAGS });
}

/** What to photograph: a page's address, or its HTML. */
export type Subject = { readonly url: string } | { readonly html: string };

/** How a picture is taken. */
export interface PictureOptions {
  readonly viewport: ViewportSize;
  readonly scale: number;
  /** Of this element alone. */
  readonly element?: string;
  /** Elements that are there once the page shows what it is about. */
  readonly ready?: readonly string[];
  readonly colorScheme?: 'light' | 'dark';
}

/** Writes a PNG of a page: of its window, or of one element of it. */
export async function photograph(
  browser: Browser,
  subject: Subject,
  file: string,
  options: PictureOptions,
): Promise<void> {
  const { viewport, scale: deviceScaleFactor, element, ready = [], colorScheme = 'light' } = options;
  const page = await browser.newPage({ viewport, deviceScaleFactor, colorScheme, reducedMotion: 'reduce' });
  try {
    if ('url' in subject) await page.goto(subject.url);
    else await page.setContent(subject.html);
    for (const selector of ready) await page.locator(selector).first().waitFor();
    const target = element === undefined ? page : page.locator(element);
    await target.screenshot({ path: file, animations: 'disabled' });
  } finally {
    await page.close();
  }
}
