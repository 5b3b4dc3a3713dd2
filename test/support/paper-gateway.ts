import { afterAll, beforeAll } from 'vitest';
import { freshPaperSweeps } from './fresh-paper-sweeps.js';
import type { PaperSweeps } from './paper-sweeps.js';
import { TestGateway } from './test-gateway.js';

/**
 * A gateway of paper sweeps for the tests of a file, whose slots each test finds as if nothing had run.
 * @param take - is given both before the first test
 */
export function paperGateway(take: (gateway: TestGateway, sweeps: PaperSweeps) => void): void {
  let sweeps: PaperSweeps;
  let gateway: TestGateway;
  freshPaperSweeps((opened) => {
    sweeps = opened;
  });
  beforeAll(async () => {
    gateway = await TestGateway.start(sweeps.env.address, sweeps.store);
    take(gateway, sweeps);
  });
  afterAll(() => gateway.close());
}
