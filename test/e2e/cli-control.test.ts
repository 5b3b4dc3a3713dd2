import { readdirSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cli, jsonLines } from '../support/cli.js';
import { TestStack } from '../support/local-stack.js';
import { temporaryFolders } from '../support/temporary-folder.js';

const SPEC = `
name: control
model: { zoo: mnistMlp }
dataset: mnist
baseline: { epochs: 1, optimizer: adam }
space:
  method: { granularity: weight, criterion: magnitude, scope: global }
  sparsity: [0.5, 0.6, 0.7, 0.8]
  schedule: oneShot
  recovery: { epochs: 6, learningRate: 0.0005 }
budget: { candidates: 2 }
`;
const folder = temporaryFolders(afterAll);

let home = '';
let spec = '';
let at: string[] = [];
beforeAll(async () => {
  home = await folder();
  spec = join(home, 'spec.yaml');
  await writeFile(spec, SPEC);
  at = ['--state', join(home, 'state')];
});

/** Runs a command on the state folder for a program: its exit code and what it printed. */
async function ask(...args: string[]): Promise<{ code: number | null; told: unknown; error: unknown }> {
  const { code, stdout, stderr } = await Cli.run(...args, ...at, '--json');
  const error = stderr === '' ? null : (JSON.parse(stderr) as { error: unknown }).error;
  return { code, told: stdout === '' ? null : jsonLines(stdout)[0], error };
}

describe('a sweep that runs in one command, seen from another one', () => {
  let run: Cli;
  beforeAll(async () => {
    run = Cli.start('sweep', 'run', spec, '--local', ...at, '--slots', '2', '--out', join(home, 'out'));
    await run.until(/^searching: /m);
  });
  afterAll(() => run.end());

  it('given pause, when its state is asked for, then every view says paused', async () => {
    expect(await Cli.run('pause', 'control', ...at)).toMatchObject({ code: 0, stdout: 'control: paused\n' });
    expect(await ask('status', 'control')).toMatchObject({ code: 0, told: { name: 'control', state: 'paused' } });
    const { code, stdout } = await Cli.run('sweep', 'status', 'control', ...at);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^control {2}paused {2}\d of 2 candidates/);
    await run.until(/^paused: /m);
    await expect
      .poll(() => Cli.run('list', ...at).then((list) => list.stdout), { timeout: 30_000 })
      .toMatch(/^control-[0-9a-f]{8} +paused +\d+\.\d\d % {2}\d{4}-\d\d-\d\dT/);
    expect(await ask('sweep', 'list')).toMatchObject({ told: [{ name: 'control', state: 'paused' }] });
  });

  it('given a paused sweep, when its budget is raised, then it has more candidates; a smaller one is refused', async () => {
    expect(await ask('budget', 'control', '2')).toMatchObject({ code: 1, error: { code: 'PRUNEFRONT_SWEEP_STATE' } });
    expect(await ask('budget', 'control', '4')).toMatchObject({ code: 0, told: { candidates: 4 } });
    expect(await ask('status', 'control')).toMatchObject({ told: { budget: 4, candidates: { total: 4 } } });
  });

  it('given a sweep that has not ended, when its front or a model is asked for, then it is refused with its state', async () => {
    const refused = { code: 1, error: { code: 'PRUNEFRONT_SWEEP_STATE', found: 'paused' } };
    expect(await ask('front', 'control')).toMatchObject(refused);
    expect(await ask('export', 'selected', join(home, 'early'))).toMatchObject(refused);
    expect(await ask('report', 'control', '--out', join(home, 'early'))).toMatchObject({ code: 1 });
    expect(readdirSync(home)).not.toContain('early');
  });

  it('given watch, when the sweep is resumed and cancelled, then each change is a line of JSON and both commands end', async () => {
    const watch = Cli.start('watch', 'control', ...at, '--json');
    await watch.until(/"state":"paused"/);
    expect(await Cli.run('resume', 'control', ...at)).toMatchObject({ code: 0, stdout: 'control: goes on\n' });
    await watch.until(/"state":"searching"/);
    expect(await Cli.run('cancel', 'control', ...at)).toMatchObject({ code: 0, stdout: 'control: cancelled\n' });
    const watched = await watch.ended;
    expect(watched.code).toBe(0);
    expect(jsonLines(watched.stdout).at(-1)).toMatchObject({ state: 'cancelled', slots: [] });
    const { code, stdout } = await run.ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/│ dense +│ dense/);
  });
});

describe('a sweep that was cancelled', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await TestStack.start(join(home, 'state'));
  });
  afterAll(() => stack.stop());

  it('given its result, when the same spec is run again, then the sweep starts again and comes to its end', async () => {
    const { code, stdout } = await Cli.run(
      'sweep',
      'run',
      spec,
      '--local',
      '--no-calibrate',
      ...at,
      '--out',
      join(home, 'out'),
    );
    expect(stdout).toMatch(/^Sweep control-[0-9a-f]{8} started\.$/m);
    expect(stdout).toMatch(/^done: 2\/2 candidates/m);
    expect(code).toBe(0);
    expect(await ask('pause', 'control')).toMatchObject({ code: 1, error: { code: 'PRUNEFRONT_SWEEP_STATE' } });
  });

  it('given a finished sweep, when its front is asked for, then members and the selected one are told', async () => {
    const { stdout } = await Cli.run('front', 'control', ...at);
    expect(stdout).toMatch(/│ c00\d \* │ weight magnitude global, \d0 %, one-shot/);
    expect(stdout).toMatch(/^Selected c00\d: /m);
    const { told } = await ask('front', 'control');
    const { rows, selection } = told as { rows: { id: string; onFront: boolean }[]; selection: { id: string } };
    expect(rows.every(({ onFront }) => onFront)).toBe(true);
    expect(rows.map(({ id }) => id)).toContain(selection.id);
  });

  it('given a finished sweep, when models are exported by id and as the selected one, then they are those of the run', async () => {
    const { told } = await ask('front', 'control');
    const { id } = (told as { selection: { id: string } }).selection;
    const model = ['README.md', 'model.json', 'model.pfc', 'observation.json', 'weights.bin'];
    for (const asked of ['selected', id]) {
      const target = join(home, `model-${asked}`);
      expect((await Cli.run('export', asked, target, ...at)).code).toBe(0);
      expect(readdirSync(target).sort()).toEqual(model);
      for (const name of model)
        expect(readFileSync(join(target, name))).toEqual(readFileSync(join(home, 'out', 'models', id, name)));
    }
  });

  it('given an unknown candidate or sweep, when it is asked for, then the nearest one is named and nothing is written', async () => {
    const target = join(home, 'unknown');
    expect(await ask('export', 'c01', target)).toMatchObject({
      code: 4,
      error: {
        code: 'PRUNEFRONT_CANDIDATE_NOT_FOUND',
        found: 'c01',
        hint: expect.stringMatching(/^did you mean c00\d\?$/),
      },
    });
    for (const command of [['status'], ['watch'], ['front'], ['report'], ['pause'], ['budget']]) {
      const more = command[0] === 'budget' ? ['9'] : [];
      expect(await ask(...command, 'contrl', ...more), command[0]).toMatchObject({
        code: 4,
        error: { code: 'PRUNEFRONT_SWEEP_NOT_FOUND', allowed: expect.stringMatching(/^control-/) },
      });
    }
    expect(readdirSync(home)).not.toContain('unknown');
  });

  it('given report, when it is written again elsewhere, then it is the report of the run', async () => {
    const target = join(home, 'report');
    expect((await Cli.run('report', 'control', '--out', target, ...at)).code).toBe(0);
    expect(readdirSync(target).sort()).toEqual(['observations.jsonl', 'report.html']);
    expect(statSync(join(target, 'report.html')).size).toBe(statSync(join(home, 'out', 'report.html')).size);
  });

  it('given a reader that has gone, when a command writes, then it ends quietly', async () => {
    const { stderr } = await Cli.runInShell('{ "$@"; echo "rc $?" >&2; } | true', 'front', 'control', ...at, '--json');
    expect(stderr).toBe('rc 0\n');
  });
});
