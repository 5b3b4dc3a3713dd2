import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CalibrationView } from '../../cli/calibration.js';
import { temporalExecutable } from '../../tools/paths.mjs';
import { Cli, living, stackProcesses } from '../support/cli.js';
import { temporaryFolders } from '../support/temporary-folder.js';

const SPEC = 'examples/smoke.yaml';
const folder = temporaryFolders(afterAll);

/** All that set-up keeps lies in the user's cache; only calibrations are to be new. */
async function emptyCache(): Promise<string> {
  const cache = await folder();
  vi.stubEnv('PRUNEFRONT_TEMPORAL_CLI', temporalExecutable());
  vi.stubEnv('XDG_CACHE_HOME', cache);
  return join(cache, 'prunefront', 'calibration');
}

describe('doctor --calibrate', () => {
  let cache = '';
  beforeAll(async () => {
    cache = await emptyCache();
  });
  afterAll(() => vi.unstubAllEnvs());

  it('given a model, when it is run, then it shows what was measured, what is chosen, and where that is kept', async () => {
    const { code, stdout, stderr } = await Cli.run(
      'doctor',
      '--calibrate',
      'mnistMlp',
      '--batch',
      '32',
      '--seconds',
      '2',
      // Other tests keep this machine busy.
      '--keep',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Measuring .* of mnistMlp on .*: 2 s, once\.$/m);
    expect(stdout).toMatch(/^mnistMlp, batch 32, adam, on .* with \d+ cores?$/m);
    expect(stdout).toMatch(/^│ trainers │ threads │ precision │ images\/s in total │ +memory │ chosen │?/m);
    expect(stdout.match(/^│ +\d+ │ +\d+ │ float32 +│ +[\d,]+ │ +[\d.]+ MB │ chosen +│$/gm)).toHaveLength(1);
    expect(stdout).toMatch(/^│ +\d+ │ +\d+ │ bfloat16 +│ +[\d,]+ │ +[\d.]+ MB │ \d+\.\d\d × float32: auto is \w+ +│$/m);
    const [file] = await readdir(cache);
    expect(stdout).toContain(`kept in ${join(cache, String(file))}\n`);
  });

  it('given one that was measured before, when it is run for programs, then it is that one', async () => {
    const { code, stdout } = await Cli.run('doctor', '--calibrate', 'mnistMlp', '--batch', '32', '--json');
    const found = JSON.parse(stdout) as CalibrationView;
    expect(code).toBe(0);
    expect(found).toMatchObject({ model: 'mnistMlp', batchSize: 32, isCached: true, isKept: true, disturbedBy: null });
    expect(found.halved).toMatchObject({ failure: null, eagerBecause: null });
    expect(found.prefersBfloat16).toBe((found.gain ?? 0) >= 1.1);
    expect(found.plans.filter(({ isChosen }) => isChosen)).toHaveLength(1);
    expect(existsSync(found.file)).toBe(true);
  });

  it('given a model that does not exist, when it is run, then it is a typed error', async () => {
    const { code, stderr } = await Cli.run('doctor', '--calibrate', 'mnistCn', '--json');
    expect(code).not.toBe(0);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'PRUNEFRONT_MODEL_NOT_FOUND', hint: 'did you mean mnistCnn?' },
    });
  });

  it('given Ctrl-C while it measures, then it ends and keeps nothing', async () => {
    const cli = Cli.start('doctor', '--calibrate', 'lenet5');
    await cli.until(/Measuring/);
    cli.interrupt();
    expect((await cli.ended).code).toBe(130);
    expect(await readdir(cache)).toHaveLength(1);
  });
});

describe('sweep run --local', () => {
  let state = '';
  beforeAll(async () => {
    await emptyCache();
    state = join(await folder(), 'state');
  });
  afterAll(() => vi.unstubAllEnvs());

  it('given a model that was never measured, when it is run, then it says that it measures, and Ctrl-C ends it', async () => {
    const cli = Cli.start('sweep', 'run', SPEC, '--local', '--state', state, '--out', join(state, 'out'));
    try {
      await cli.until(/^Measuring which trainers and threads train most images of \w+ on .*once\.$/m);
      cli.interrupt();
      expect((await cli.ended).code).toBe(130);
      expect(existsSync(join(state, 'stack.lock'))).toBe(false);
    } finally {
      await cli.end();
    }
  });

  it('given a model that was measured, when it is run, then it trains as that says', async () => {
    const measured = await Cli.run(
      ...['doctor', '--calibrate', 'mnistMlp', '--batch', '64', '--seconds', '2', '--keep', '--json'],
    );
    const chosen = (JSON.parse(measured.stdout) as CalibrationView).plans.find(({ isChosen }) => isChosen);
    const cli = Cli.start('sweep', 'run', SPEC, '--local', '--state', state, '--out', join(state, 'out'));
    try {
      const [, trainers, threads] = await cli.until(
        /^(\d+) trainers? of (\d+) threads?(?: each)?, calibrated on \d{4}-\d\d-\d\d with mnistMlp(?:; auto is bfloat16)?\.$/m,
      );
      expect([Number(trainers), Number(threads)]).toEqual([chosen?.trainers, chosen?.threads]);
      await cli.until(/started\./);
      const pids = stackProcesses(state);
      cli.interrupt();
      await cli.ended;
      expect(living(pids)).toEqual([]);
    } finally {
      await cli.end();
    }
  });
});
