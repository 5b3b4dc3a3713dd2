import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import type { Observation } from '../../core/sweep/observation.js';
import { Cli, type Ended, jsonLines } from '../support/cli.js';
import { plainAccuracy } from '../support/plain-accuracy.js';
import { temporaryFolders } from '../support/temporary-folder.js';

const SPEC = 'examples/smoke.yaml';
const folder = temporaryFolders(afterAll);

let state = '';
let out = '';
let first: Ended;
beforeAll(async () => {
  const home = await folder();
  state = join(home, 'state');
  out = join(home, 'out');
  first = await Cli.run('sweep', 'run', SPEC, '--local', '--no-calibrate', '--state', state, '--out', out);
});

/** Names and times of the records of finished stages. */
function records(): string[] {
  const path = join(state, 'store', 'records');
  return readdirSync(path)
    .sort()
    .map((name) => `${name} ${statSync(join(path, name)).mtimeMs}`);
}

function cellsOf(line: string): string[] {
  return line
    .split('│')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

interface Row {
  readonly id: string;
  readonly stageKey: string;
  readonly selected: boolean;
  readonly observation: Observation;
}

function observations(): Row[] {
  return jsonLines(readFileSync(join(out, 'observations.jsonl'), 'utf8')) as Row[];
}

describe('sweep run --local, not at a terminal', () => {
  it('given a spec, when it has run, then it exits with 0 and has told its way in plain lines', () => {
    onTestFailed(() => console.error(first.stderr));
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^Sweep smoke-[0-9a-f]{8} started\.$/m);
    expect(first.stdout).toMatch(/^page {2}http:\/\/127\.0\.0\.1:\d+\/$/m);
    expect(first.stdout).toMatch(/^searching: \d\/4 candidates \(0 failed\), stages \d+ done, \d running, \d+ queued/m);
    expect(first.stdout).toMatch(/^done: 4\/4 candidates/m);
    expect(first.stdout).not.toContain('\x1b');
  });

  it('given its end, when its table is read, then each member of the front stands there with what was measured', () => {
    const lines = first.stdout.split('\n').filter((line) => line.startsWith('│'));
    const [head = '', ...rows] = lines;
    expect(cellsOf(head)).toEqual([
      '',
      'what it is',
      'accuracy val',
      'test',
      'Δ val',
      'parameters',
      'nonzero',
      'MACs',
      'dense',
      'gzip',
      'p50 ms',
    ]);
    expect(rows.length).toBeGreaterThan(1);
    const measured = new Map(observations().map((row) => [row.id, row]));
    for (const cells of rows.map(cellsOf)) {
      const { observation: o, selected } = measured.get(cells[0]?.replace(' *', '') ?? '') ?? {};
      expect(cells[0]?.endsWith('*')).toBe(selected);
      expect(cells[2]).toBe(`${((o?.validation.accuracy ?? 0) * 100).toFixed(2)} %`);
      expect(cells[3]).toBe(`${((o?.test?.accuracy ?? 0) * 100).toFixed(2)} %`);
      expect(cells[6]).toBe(o?.nonzeroParameters.toLocaleString('en-US'));
      expect(cells[9]).toBe(`${((o?.bytesGzip ?? 0) / 1000).toFixed(1)} kB`);
    }
    const dense = rows.map(cellsOf).find(([id]) => id === 'dense');
    expect(dense?.slice(5, 8)).toEqual(['50,890', '50,890', '50,816']);
  });

  it('given its end, when its last lines are read, then they say what was selected and why, and where things are', () => {
    expect(first.stdout).toMatch(/^Selected c00\d: Knee: /m);
    expect(first.stdout).toContain(join(out, 'report.html'));
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('<html');
    expect(observations().map(({ id }) => id)).toEqual(['dense', 'c001', 'c002', 'c003', 'c004']);
  });

  it('given the models it wrote, when plain tfjs loads them, then each has the recorded accuracy on the validation split', async () => {
    const ids = readdirSync(join(out, 'models'));
    const measured = new Map(observations().map((row) => [row.id, row]));
    expect(ids.length).toBeGreaterThan(1);
    for (const id of ids) {
      const recorded = measured.get(id);
      const accuracy = await plainAccuracy(join(out, 'models', id), join(state, 'store'), recorded?.stageKey ?? '');
      expect(accuracy).toBeCloseTo(recorded?.observation.validation.accuracy ?? -1, 6);
    }
  });

  it('given a finished sweep, when the same command runs again for a program, then it ends at once with the same front and trains nothing', async () => {
    const before = records();
    const again = join(await folder(), 'again');
    const { code, stdout } = await Cli.run(
      'sweep',
      'run',
      SPEC,
      '--local',
      '--no-calibrate',
      '--state',
      state,
      '--out',
      again,
      '--json',
    );
    expect(code).toBe(0);
    const lines = jsonLines(stdout) as { started?: boolean; state?: string; selection?: { id: string } }[];
    expect(lines[0]).toMatchObject({ started: false });
    expect(lines.at(-1)).toMatchObject({ state: 'done', out: again });
    expect(first.stdout).toContain(`Selected ${lines.at(-1)?.selection?.id}:`);
    expect(readFileSync(join(again, 'observations.jsonl'), 'utf8')).toBe(
      readFileSync(join(out, 'observations.jsonl'), 'utf8'),
    );
    expect(records()).toEqual(before);
  });
});
