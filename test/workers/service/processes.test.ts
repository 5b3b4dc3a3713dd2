import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { untilGone } from '../../support/cli.js';
import { ClusterProcess } from '../../support/cluster.js';
import { healthOf } from '../../support/grpc-protocols.js';
import { temporalServer, until } from '../../support/paper-sweeps.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const ANY = '127.0.0.1:0';
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  gateway: ['--listen', ANY, '--http', ANY],
  orchestrator: ['--http', ANY, '--health', ANY],
  worker: ['--http', ANY, '--health', ANY, '--slots', '1'],
};
const COMMANDS = Object.keys(ADDRESSES);

describe('the processes of a cluster, as people start them', () => {
  const folder = temporaryFolders();
  const running: ClusterProcess[] = [];
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await temporalServer();
  });
  afterEach(() => Promise.all(running.splice(0).map((each) => each.kill())));
  afterAll(() => env.teardown());

  async function start(command: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}) {
    const store = join(await folder(), 'store');
    const started = ClusterProcess.start(command, [...(ADDRESSES[command] ?? []), ...args], {
      ...{ PRUNEFRONT_STORE: store, ...variables },
    });
    running.push(started);
    return started;
  }

  it.each(COMMANDS)('given %s, then it is ready, says so over HTTP and gRPC, and ends in order', async (command) => {
    const started = await start(command, [], { TEMPORAL_ADDRESS: env.address });
    await started.ready();
    const { addresses, configuration } = await started.started();
    expect(configuration).toMatchObject({ temporal: env.address, namespace: 'default', 'payload-encryption': 'off' });
    expect(await started.get('/readyz')).toMatchObject({ status: 200 });
    expect(JSON.parse((await started.get('/configz')).text)).toMatchObject({ process: command, configuration });
    expect((await started.get('/metrics')).text).toMatch(
      new RegExp(`^prunefront_ready\\{process="${command}"\\} 1$`, 'm'),
    );
    const health = addresses['health'] ?? addresses['grpc'] ?? '';
    const name = command === 'gateway' ? 'prunefront.v1.SweepService' : `prunefront.${command}`;
    expect(await Promise.all(['', name].map((each) => healthOf(health, each)))).toEqual(['SERVING', 'SERVING']);
    started.signal('SIGTERM');
    expect(await started.ended).toBe(0);
  });

  it('given a worker that calibrates, then it is not ready and says why; told to end, it does so in order', async () => {
    const cache = await folder();
    const args = ['--slots', 'auto', '--calibrate-for', 'mnistMlp'];
    const started = await start('worker', args, { TEMPORAL_ADDRESS: env.address, XDG_CACHE_HOME: cache });
    await started.started();
    await until(async () => (await started.get('/readyz')).text.includes('it calibrates'));
    started.signal('SIGTERM');
    expect(await started.ended).toBe(0);
  });

  it.each(COMMANDS)(
    'given %s and a server that takes connections and says nothing, then it ends with that',
    async (command) => {
      const silent = createServer(() => undefined);
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const { port } = silent.address() as AddressInfo;
      const started = await start(command, ['--temporal', `127.0.0.1:${port}`]);
      expect(await started.ended).toBe(1);
      expect(started.errors).toContain('PRUNEFRONT_UNREACHABLE');
      silent.close();
    },
  );

  it.each(COMMANDS)('given %s and a namespace that is not there, then it says which there are', async (command) => {
    const started = await start(command, ['--temporal', env.address, '--namespace', 'defualt']);
    expect(await started.ended).toBe(1);
    expect(started.errors).toContain('PRUNEFRONT_TEMPORAL_NAMESPACE');
    expect(started.errors).toContain('allowed: default');
    expect(started.errors).toContain('did you mean default?');
  });

  it.each(COMMANDS)('given %s and no Temporal server, then it says so and ends', async (command) => {
    const started = await start(command, ['--temporal', '127.0.0.1:1']);
    expect(await started.ended).toBe(1);
    expect(started.errors).toContain('PRUNEFRONT_UNREACHABLE');
    expect(started.errors).toContain('at: 127.0.0.1:1');
  });

  it('given one that npx runs, which passes no signal on, when npx is told to end, then the process drains, too', async () => {
    const started = ClusterProcess.startByNpx('orchestrator', ['--temporal', env.address], {
      ...{ PRUNEFRONT_STORE: join(await folder(), 'store'), PRUNEFRONT_HTTP: ANY, PRUNEFRONT_HEALTH: ANY },
    });
    running.push(started);
    await started.ready();
    const { pid } = await started.started();
    expect(pid).not.toBe(started.pid);
    started.signal('SIGTERM');
    await untilGone([pid]);
    // Its output closes with the process, not with npx.
    await started.ended;
    expect(started.errors).toContain('orchestrator: ending');
  });

  it('given a flag and a variable of ours and of Temporal, then the flag wins, then ours', async () => {
    const temporal = { TEMPORAL_ADDRESS: '127.0.0.1:1', TEMPORAL_NAMESPACE: 'theirs' };
    const ours = { ...temporal, PRUNEFRONT_NAMESPACE: 'ours' };
    const started = await start('orchestrator', ['--temporal', env.address], ours);
    expect((await started.started()).configuration).toMatchObject({ temporal: env.address, namespace: 'ours' });
  });
});
