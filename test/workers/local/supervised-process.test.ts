import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SupervisedProcess } from '../../../workers/local/supervised-process.js';
import { until } from '../../support/paper-sweeps.js';

const LIVES = 'setInterval(() => {}, 1000)';
let lines: string[];
let started: ChildProcess[];
let supervised: SupervisedProcess | null;

beforeEach(() => {
  lines = [];
  started = [];
  supervised = null;
});
afterEach(async () => {
  vi.restoreAllMocks();
  await supervised?.stop();
});

function supervise(script: string, program = process.execPath): SupervisedProcess {
  const start = (): ChildProcess => {
    const child = spawn(program, ['-e', script], { stdio: 'ignore' });
    started.push(child);
    return child;
  };
  supervised = new SupervisedProcess('part', start, (line) => lines.push(line));
  return supervised;
}

/** Kills the process that runs; 0 would be everyone in this group. */
function kill({ pid }: SupervisedProcess): void {
  if (pid === null) throw new Error('nothing runs');
  process.kill(pid, 'SIGKILL');
}

describe('a supervised process', () => {
  it('given one that is killed, when it has died, then another one is started', async () => {
    const part = supervise(LIVES);
    const first = part.pid;
    kill(part);
    await until(() => part.pid !== null && part.pid !== first);
    expect(lines).toEqual(['part ended (SIGKILL), starting it again in 200 ms']);
  });

  it('given one that dies at once every time, when it is started again, then the delay doubles each time', async () => {
    supervise('process.exit(3)');
    await until(() => lines.length === 4);
    expect(lines).toEqual([200, 400, 800, 1600].map((ms) => `part ended (exit code 3), starting it again in ${ms} ms`));
  });

  it('given one that lived long between two deaths, when it dies again, then the delay is short again', async () => {
    const part = supervise(LIVES);
    const clock = vi.spyOn(Date, 'now');
    for (const livedMs of [1000, 60_000]) {
      await until(() => part.pid !== null);
      const now = Date.now();
      clock.mockReturnValue(now + livedMs);
      const seen = lines.length;
      kill(part);
      await until(() => lines.length > seen);
    }
    expect(lines.map((line) => /in (\d+) ms/.exec(line)?.[1])).toEqual(['200', '200']);
  });

  it('given a program that does not exist, when it is stopped, then that ends, and nothing is started any more', async () => {
    const part = supervise('', '/does/not/exist');
    await until(() => lines.length > 0);
    await part.stop();
    expect(lines[0]).toContain('ENOENT');
    expect(part.pid).toBeNull();
    const other = supervise('', '/does/not/exist');
    await other.stop();
    expect(other.pid).toBeNull();
  });

  it('given one that lives, when it is stopped, then it has ended and stays away', async () => {
    const part = supervise(LIVES);
    await part.stop();
    expect(started).toHaveLength(1);
    expect(started[0]?.signalCode).toBe('SIGTERM');
    expect(lines).toEqual([]);
  });
});
