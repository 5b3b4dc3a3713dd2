import { TestBrowser } from './browser.js';
import { PaperSweeps } from './paper-sweeps.js';
import { TestGateway } from './test-gateway.js';

/** What browsers tell in the console themselves where a gateway does not answer, or does not offer something. */
const EXPECTED = /^Failed to load resource: net::ERR_/;

/** The page of a gateway in a browser, with sweeps that train nothing. */
export class PaperPage {
  private constructor(
    readonly sweeps: PaperSweeps,
    readonly browser: TestBrowser,
    /** May be closed and another one started in its place. */
    public gateway: TestGateway,
  ) {}

  static async open(): Promise<PaperPage> {
    const [sweeps, browser] = await Promise.all([PaperSweeps.open(), TestBrowser.start()]);
    return new PaperPage(sweeps, browser, await TestGateway.start(sweeps.env.address, sweeps.store));
  }

  get address(): string {
    return this.gateway.server.page;
  }

  addressOf(sweepId: string): string {
    return `${this.address}#/sweeps/${sweepId}`;
  }

  /** Requests that went elsewhere, and errors that nobody expects; empty in a sound page. */
  wrongs(): string[] {
    const { requests, troubles } = this.browser;
    const foreign = requests.filter((url) => !url.startsWith(this.address) && !/^(?:blob|data):/.test(url));
    return [...foreign, ...troubles.filter((text) => !EXPECTED.test(text))];
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.gateway.close();
    await this.sweeps.close();
  }
}
