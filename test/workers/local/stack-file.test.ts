import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { claimState, releaseState, writeStackFile } from '../../../workers/local/stack-file.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = temporaryFolders();
const never = new AbortController().signal;
const others: ChildProcess[] = [];

afterEach(async () => {
  for (const other of others.splice(0)) {
    if (other.signalCode !== null) continue;
    const ended = once(other, 'exit');
    other.kill('SIGKILL');
    await ended;
  }
});

/** A live process whose command line is that of a supervisor. */
async function otherSupervisor(folder: string): Promise<number> {
  await mkdir(join(folder, 'local'));
  await writeFile(join(folder, 'local', 'main.js'), 'setInterval(() => {}, 1000)');
  const child = spawn(process.execPath, [join(folder, 'local', 'main.js')], { stdio: 'ignore' });
  others.push(child);
  await once(child, 'spawn');
  return child.pid ?? 0;
}

const lockOf = (folder: string) => join(folder, 'stack.lock');

describe('the claim on a state folder', () => {
  it('given a folder that nobody has, when it is claimed and given back, then nothing is left in it', async () => {
    const folder = await temporaryFolder();
    expect(await claimState(folder, never)).toBeNull();
    expect(await readFile(lockOf(folder), 'utf8')).toBe(String(process.pid));
    releaseState(folder);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['of a process that is dead', '4194000'],
    ['of a process that is something else', '1'],
    ['that was cut off while it was written', ''],
    ['of rubbish', 'x'],
    ['of a whole group of processes', '-1'],
  ])('given a lock %s, when the folder is claimed, then it is taken over', async (_, content) => {
    const folder = await temporaryFolder();
    await writeFile(lockOf(folder), content);
    expect(await claimState(folder, never)).toBeNull();
    expect(await readFile(lockOf(folder), 'utf8')).toBe(String(process.pid));
    expect(await readdir(folder)).toEqual(['stack.lock']);
  });

  it('given a stack that runs, when its folder is claimed, then it is told where that one is', async () => {
    const folder = await temporaryFolder();
    const pid = await otherSupervisor(folder);
    await writeFile(lockOf(folder), String(pid));
    const running = {
      pid,
      gateway: '127.0.0.1:7400',
      page: 'http://127.0.0.1:7480/',
      temporal: '127.0.0.1:7233',
      processes: {},
      metrics: {},
    };
    writeStackFile(folder, running);
    expect(await claimState(folder, never)).toBe(running.gateway);
  });

  it('given a stack that is ending, when its folder is claimed, then its end is waited for', async () => {
    const folder = await temporaryFolder();
    const pid = await otherSupervisor(folder);
    await writeFile(lockOf(folder), String(pid));
    writeStackFile(folder, {
      pid,
      gateway: null,
      page: 'http://127.0.0.1:7480/',
      temporal: '127.0.0.1:7233',
      processes: {},
      metrics: {},
    });
    const claim = claimState(folder, never);
    process.kill(pid, 'SIGKILL');
    expect(await claim).toBeNull();
  });

  it('given a stack that is just starting, when the wait for it is given up, then the claim ends and the lock stays', async () => {
    const folder = await temporaryFolder();
    const pid = await otherSupervisor(folder);
    await writeFile(lockOf(folder), String(pid));
    const giveUp = new AbortController();
    const claim = expect(claimState(folder, giveUp.signal)).rejects.toThrow('given up');
    giveUp.abort(new Error('given up'));
    await claim;
    expect(await readFile(lockOf(folder), 'utf8')).toBe(String(pid));
  });
});
