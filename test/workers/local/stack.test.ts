import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../workers/local/temporal-server.js';
import { TestStack } from '../../support/local-stack.js';
import { until } from '../../support/paper-sweeps.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = temporaryFolders(afterAll);

describe('an embedded stack', () => {
  let state: string;
  let stack: TestStack;

  beforeAll(async () => {
    state = await temporaryFolder();
    // What a stack that was killed leaves.
    await writeFile(join(state, 'stack.lock'), '4194000');
    stack = await TestStack.start(state);
  });
  afterAll(() => stack.stop());

  it('given the lock of a dead process, when it starts, then it serves', async () => {
    expect(await stack.gateway.list()).toEqual([]);
    const { gateway } = JSON.parse(await readFile(join(state, 'stack.json'), 'utf8')) as { gateway: string };
    expect(gateway).toBe(stack.gateway.address);
  });

  it('given a second one on the same folder, when it starts, then it attaches to the first, and leaves it running when it ends', async () => {
    const second = await TestStack.start(state);
    expect(second.gateway.address).toBe(stack.gateway.address);
    await second.stop(true);
    expect(await stack.gateway.list()).toEqual([]);
  });

  it('given an orchestrator that dies, when some time has passed, then another one runs', async () => {
    const killed = stack.pid('orchestrator');
    process.kill(killed, 'SIGKILL');
    await until(() => {
      try {
        return stack.pid('orchestrator') !== killed;
      } catch {
        return false;
      }
    });
    expect(await readFile(join(state, 'logs', 'supervisor.log'), 'utf8')).toContain('orchestrator ended (SIGKILL)');
  });
});

describe('a free port', () => {
  it('given a wanted port, when it is free, then it is that one, and another one where it is taken', async () => {
    const wanted = await freePort();
    expect(await freePort(wanted)).toBe(wanted);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve));
    const other = await freePort(wanted);
    expect(other).toBeGreaterThan(0);
    expect(other).not.toBe(wanted);
    await new Promise((resolve) => server.close(resolve));
  });
});
