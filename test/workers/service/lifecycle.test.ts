import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../tools/paths.mjs';
import { ClusterProcess } from '../../support/cluster.js';

const PROGRAM = join(projectRoot(), 'dist', 'test', 'support', 'slow-service.js');
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(
  args: readonly string[] = [],
  input: 'ignore' | 'pipe' = 'ignore',
): { readonly service: ClusterProcess; readonly child: ChildProcess } {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: [input, 'pipe', 'pipe'],
    env: { ...process.env, PRUNEFRONT_TEMPORAL_API_KEY: 'hidden' },
  });
  children.push(child);
  return { service: new ClusterProcess(child), child };
}

async function saysOnStandardError(service: ClusterProcess, text: string): Promise<void> {
  while (!service.errors.includes(text)) await sleep(20);
}

describe('the life of a process', () => {
  it('given its start, then one line of JSON says what it is, secrets masked, and one for people where it serves', async () => {
    const { service, child } = start();
    const line = await service.started();
    expect(line).toMatchObject({ process: 'worker', pid: child.pid, addresses: { http: 'nowhere' } });
    expect(line.configuration).toMatchObject({ 'temporal-api-key': '***', 'drain-timeout': '30000' });
    await saysOnStandardError(service, 'serves http at nowhere');
    await service.ready();
    expect(JSON.stringify(line) + service.errors).not.toContain('hidden');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('given %s, then it ends in order', async (signal) => {
    const { service } = start();
    await service.ready();
    service.signal(signal);
    expect(await service.ended).toBe(0);
  });

  it('given work that does not end in time, then it says which, with exit code 1', async () => {
    const { service } = start(['--slow', 'yes', '--drain-timeout', '100']);
    await service.ready();
    service.signal('SIGTERM');
    expect(await service.ended).toBe(1);
    expect(service.errors).toContain('100 ms were not enough for a stage that does not end');
  });

  it('given a second signal, then it ends at once, with exit code 1', async () => {
    const { service } = start(['--slow', 'yes', '--drain-timeout', '3600000']);
    await service.ready();
    service.signal('SIGTERM');
    await saysOnStandardError(service, 'a second signal ends it at once');
    service.signal('SIGTERM');
    expect(await service.ended).toBe(1);
    expect(service.errors).toContain('ended before everything was handed over: a second signal');
  });

  it('given the end of the process that held its standard input as a pipe, then it ends in order', async () => {
    const { service, child } = start([], 'pipe');
    await service.ready();
    child.stdin?.end();
    expect(await service.ended).toBe(0);
  });
});
