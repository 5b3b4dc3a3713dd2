import { type Browser, chromium, type Page } from 'playwright-core';
import { findOnPath } from '../../tools/paths.mjs';

/** Chromium of this machine, or undefined. */
export const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome']
  .map(findOnPath)
  .find((found) => found !== undefined);

if (CHROMIUM === undefined)
  console.error('SKIPPED: nothing was opened in a browser. Install one: Debian and Ubuntu package `chromium`.');

// No sandbox, because tests run as root in containers; no background networking, because the page must need none.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How a page is opened. */
export interface Reader {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** A real browser that notes what goes wrong in its pages and where they send requests. */
export class TestBrowser {
  /** Errors of the console and of scripts. */
  readonly troubles: string[] = [];
  /** Addresses of all requests. */
  readonly requests: string[] = [];

  private constructor(private readonly browser: Browser) {}

  static async start(): Promise<TestBrowser> {
    const executable = CHROMIUM === undefined ? {} : { executablePath: CHROMIUM };
    return new TestBrowser(await chromium.launch({ ...executable, args: FLAGS }));
  }

  /** Opens an address as a reader of its own. */
  async open(url: string, { width = 1280, colorScheme = 'light' }: Reader = {}): Promise<Page> {
    const viewport = { width, height: 900 };
    const context = await this.browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    page.on('console', (message) => void (message.type() === 'error' && this.troubles.push(message.text())));
    page.on('pageerror', (error) => this.troubles.push(error.message));
    page.on('request', (request) => this.requests.push(request.url()));
    await page.goto(url);
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}
