import { readdirSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cli, jsonLines, living, stackProcesses, untilGone } from '../support/cli.js';
import { temporaryFolders } from '../support/temporary-folder.js';

// Long enough for a checkpoint and a Ctrl-C in the middle of a stage.
const SPEC = `
name: terminal
model: { zoo: mnistMlp }
dataset: mnist
baseline: { epochs: 1, optimizer: adam }
space:
  method: { granularity: weight, criterion: magnitude, scope: global }
  sparsity: [0.5, 0.7, 0.9]
  schedule: { polynomialDecay: { frequency: 20 } }
  recovery: { epochs: 60, learningRate: 0.0005 }
`;
const folder = temporaryFolders(afterAll);

let spec = '';
let undisturbed: unknown[] = [];

beforeAll(async () => {
  const home = await folder();
  spec = join(home, 'spec.yaml');
  await writeFile(spec, SPEC);
});

function command(home: string): string[] {
  return ['sweep', 'run', spec, '--local', '--state', join(home, 'state'), '--out', join(home, 'out'), '--slots', '2'];
}

/** What two runs of one sweep must agree on. */
function frontOf(home: string): unknown[] {
  const lines = jsonLines(readFileSync(join(home, 'out', 'observations.jsonl'), 'utf8')) as Record<string, unknown>[];
  return lines.map(({ id, stageKey, onFront, selected, observation }) => {
    const { validation, test, bytesGzip } = observation as Record<string, unknown>;
    return { id, stageKey, onFront, selected, validation, test, bytesGzip };
  });
}

/** Records of finished stages: name and time of writing. */
function records(home: string): string[] {
  const path = join(home, 'state', 'store', 'records');
  return readdirSync(path).map((name) => `${name} ${statSync(join(path, name)).mtimeMs}`);
}

describe('sweep run --local at a terminal', () => {
  it('given a terminal, when a sweep runs, then the live view shows counts, slots with their numbers, the plot and the time left', async () => {
    const home = await folder();
    const cli = Cli.atTerminal(...command(home));
    const { code } = await cli.ended;
    expect(code).toBe(0);
    const { text } = cli;
    expect(text).toMatch(/terminal {2}searching {2}\d of 3 candidates {2}\d+ s, (time left not yet known|\d+ s left)/);
    expect(text).toMatch(/terminal {2}searching {2}[12] of 3 candidates {2}\d+ s, \d+ s left/);
    expect(text).toMatch(/[█░]{40} {2}stages: \d done, 2 running, 1 queued/);
    for (const slot of ['0', '1']) {
      expect(text).toMatch(
        new RegExp(
          `slot ${slot} {2}[█░]{14} {2}c00\\d weight magnitude global, \\d0 %, .*epoch \\d+/60, loss \\d\\.\\d{4}, \\d+ images/s`,
        ),
      );
    }
    const frame = text.slice(text.lastIndexOf('terminal  searching'));
    expect(frame).toMatch(/front so far \(\d\): accuracy on validation against bytes after gzip; D is dense/);
    expect(frame).toMatch(/^\s*\d\d\.\d\d % │.*[●D]/m);
    expect(frame).toMatch(/└─+/);
    expect(text).toMatch(/│ what it is +│ accuracy val │/);
    undisturbed = frontOf(home);
  });

  it('given Ctrl-C in the middle of a stage, when the same command runs again, then nothing was left over, no finished stage is repeated, and the front is that of an undisturbed run', async () => {
    const home = await folder();
    const cli = Cli.atTerminal(...command(home));
    await cli.until(/slot \d {2}[█░]{14} {2}c00[123] .*epoch \d+\/60, loss/);
    const processes = stackProcesses(join(home, 'state'));
    expect(living(processes).length).toBeGreaterThanOrEqual(6);
    cli.pressControlC();
    const { code } = await cli.ended;
    expect(code).toBe(130);
    expect(cli.text).toMatch(
      /The sweep terminal-[0-9a-f]{8} goes on where it is when you run the same command again\./,
    );
    expect(living(processes)).toEqual([]);
    const finished = records(home);
    expect(finished.length).toBeGreaterThan(0);

    const again = await Cli.run(...command(home));
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/Sweep terminal-[0-9a-f]{8} was started before; going on with it\./);
    expect(records(home)).toEqual(expect.arrayContaining(finished));
    expect(frontOf(home)).toEqual(undisturbed);
  });

  it('given a stack that is slow to end, when Ctrl-C comes a second time, then the command ends at once and the stack ends by itself', async () => {
    const home = await folder();
    const cli = Cli.start(...command(home));
    await cli.until(/^baseline: /m);
    const processes = stackProcesses(join(home, 'state'));
    const [supervisor = 0] = processes;
    process.kill(supervisor, 'SIGSTOP');
    try {
      cli.interrupt();
      await cli.until(/goes on where it is/);
      cli.interrupt();
      expect((await cli.ended).code).toBe(130);
    } finally {
      process.kill(supervisor, 'SIGCONT');
    }
    await untilGone(processes);
  });
});
