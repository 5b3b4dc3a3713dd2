import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const tools = resolve(import.meta.dirname, '../../tools');

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'prunefront-setup-'));
});

afterEach(() => {
  rmSync(cache, { recursive: true, force: true });
});

/** Starts a process that runs steps as set-up does, with a cache of its own. */
function start(body: string) {
  const script = join(cache, `script-${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(
    script,
    `import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
     import { join } from 'node:path';
     import { setTimeout as sleep } from 'node:timers/promises';
     import { cacheDir } from ${JSON.stringify(join(tools, 'paths.mjs'))};
     import { SetupFailure } from ${JSON.stringify(join(tools, 'setup/failure.mjs'))};
     import { publish, sweepScratch, withScratch } from ${JSON.stringify(join(tools, 'setup/scratch.mjs'))};
     import { tidyUpOnSignals } from ${JSON.stringify(join(tools, 'setup/signals.mjs'))};
     import { runSteps } from ${JSON.stringify(join(tools, 'setup/steps.mjs'))};
     const result = join(cacheDir(), 'result');
     const log = join(${JSON.stringify(cache)}, 'log');
     const quiet = process.argv.includes('--quiet');
     const make = {
       name: 'make', doing: 'making it', lock: 'make', isDone: () => existsSync(join(result, 'whole')),
       run: () => withScratch(async (scratch) => {
         appendFileSync(log, 'run\\n');
         const whole = join(scratch, 'whole');
         mkdirSync(whole);
         writeFileSync(join(whole, 'half'), '');
         await sleep(Number(process.env.STEP_MS ?? 0));
         writeFileSync(join(whole, 'whole'), '');
         publish(whole, result);
       }),
     };
     tidyUpOnSignals();
     sweepScratch();
     ${body}`,
  );
  return (env: NodeJS.ProcessEnv = {}, args: string[] = []) => {
    const child = spawn(process.execPath, [script, ...args], {
      env: { ...process.env, XDG_CACHE_HOME: cache, ...env },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    const ended = new Promise<{ code: number | null; output: string }>((done) =>
      child.on('close', (code) => done({ code, output })),
    );
    return { child, ended };
  };
}

const RUN = 'process.exitCode = (await runSteps([make], { quiet })) ? 0 : 1;';
const runs = () => readFileSync(join(cache, 'log'), 'utf8').trim().split('\n').length;
const below = (folder: string) => {
  const path = join(cache, 'prunefront', folder);
  return existsSync(path) ? readdirSync(path) : [];
};

async function until(condition: () => boolean) {
  const end = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('the condition never came true');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('set-up steps', () => {
  it('runs a step once and skips it when its result is there', async () => {
    const run = start(RUN);
    const first = await run().ended;
    expect(first).toMatchObject({ code: 0 });
    expect(first.output).toMatch(/… make: making it\n.*✓ make \(\d+\.\d s\)/);
    const second = await run().ended;
    expect(second).toEqual({ code: 0, output: '  ✓ make\n' });
    expect(await run({}, ['--quiet']).ended).toEqual({ code: 0, output: '' });
    expect(runs()).toBe(1);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind after %s half-way', async (signal) => {
    const run = start(RUN);
    const { child, ended } = run({ STEP_MS: '60000' });
    await until(() => existsSync(join(cache, 'log')));
    child.kill(signal);
    expect((await ended).code).toBe(130);
    expect([existsSync(join(cache, 'prunefront/result')), below('tmp'), below('locks')]).toEqual([false, [], []]);
  });

  it('goes on after being killed half-way, and sweeps what was left', async () => {
    const run = start(RUN);
    const { child, ended } = run({ STEP_MS: '60000' });
    await until(() => below('tmp').length === 1);
    child.kill('SIGKILL');
    await ended;
    expect([below('tmp').length, below('locks').length]).toEqual([1, 1]);
    expect(await run().ended).toMatchObject({ code: 0 });
    expect([below('result').sort(), below('tmp'), below('locks')]).toEqual([['half', 'whole'], [], []]);
  });

  it('replaces a broken result', async () => {
    mkdirSync(join(cache, 'prunefront/result'), { recursive: true });
    writeFileSync(join(cache, 'prunefront/result/junk'), '');
    expect(await start(RUN)().ended).toMatchObject({ code: 0 });
    expect(below('result').sort()).toEqual(['half', 'whole']);
  });

  it('works once when two processes ask at the same time', async () => {
    const run = start(RUN);
    const [first, second] = await Promise.all([run({ STEP_MS: '1500' }).ended, run({ STEP_MS: '1500' }).ended]);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(runs()).toBe(1);
    expect(first.output + second.output).toContain('waiting for another set-up');
  });

  it('prints what is missing and the remedy, and stops there', async () => {
    const run = start(`
      const broken = { name: 'broken', doing: 'trying', isDone: () => false,
        run: async () => { throw new SetupFailure('no compiler', 'install one'); } };
      process.exitCode = (await runSteps([broken, make])) ? 0 : 1;`);
    const { code, output } = await run().ended;
    expect(code).toBe(1);
    expect(output).toContain('✗ broken: no compiler\n    To mend it: install one\n');
    expect(existsSync(join(cache, 'log'))).toBe(false);
  });
});
