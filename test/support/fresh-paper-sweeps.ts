import { afterAll, beforeAll, beforeEach } from 'vitest';
import { PaperSweeps } from './paper-sweeps.js';

/**
 * Paper sweeps for the tests of a file, whose slots each test finds as if nothing had run.
 * @param take - is given them before the first test
 */
export function freshPaperSweeps(take: (sweeps: PaperSweeps) => void): void {
  let opened: PaperSweeps;
  beforeAll(async () => {
    opened = await PaperSweeps.open();
    take(opened);
  });
  beforeEach(() => opened.slots.reset());
  afterAll(() => opened.close());
}
