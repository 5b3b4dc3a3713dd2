import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ErrorData } from '../../core/errors.js';
import { Cli } from '../support/cli.js';

const ON_SWEEPS = 'plan status watch list pause resume cancel budget front export report'.split(' ');
const ON_SCHEDULES = 'create list show pause resume run-now backfill delete'.split(' ');
const ON_PUBLISHED = 'show rollback export'.split(' ');
const ON_TOKENS = 'create list revoke'.split(' ');
const COMMANDS = [
  [],
  ['sweep'],
  ['sweep', 'run'],
  ['demo'],
  ['doctor'],
  ['inspect'],
  ['schedule'],
  ...ON_SCHEDULES.map((command) => ['schedule', command]),
  ['published'],
  ...ON_PUBLISHED.map((command) => ['published', command]),
  ['token'],
  ...ON_TOKENS.map((command) => ['token', command]),
  ...ON_SWEEPS.flatMap((command) => [[command], ['sweep', command]]),
];

async function usageError(...args: string[]): Promise<ErrorData> {
  const { code, stdout, stderr } = await Cli.run(...args, '--json');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  return (JSON.parse(stderr) as { error: ErrorData }).error;
}

describe('help', () => {
  it('given any command, when it is asked for help, then it exits with 0 and shows an example', async () => {
    // Two at a time, because each is a process of its own.
    const waiting = [...COMMANDS];
    const askAll = async (): Promise<void> => {
      for (let command = waiting.pop(); command !== undefined; command = waiting.pop()) {
        const { code, stdout, stderr } = await Cli.run(...command, '--help');
        const name = ['prunefront', ...command].join(' ');
        expect({ code, stderr }, name).toEqual({ code: 0, stderr: '' });
        expect(stdout, name).toMatch(new RegExp(`^Usage: ${name} `));
        expect(stdout, name).toMatch(/^Examples?:\n {2}prunefront \w/m);
      }
    };
    await Promise.all([askAll(), askAll()]);
  });

  it('given no command, when it is run, then it shows help and the exit codes, and exits with 2', async () => {
    const { code, stdout, stderr } = await Cli.run();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Exit codes:\n {2}0 +done\n/m);
    expect((await Cli.run('sweep')).code).toBe(2);
  });

  it('given --version, when it is run, then it says the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await Cli.run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('wrong usage', () => {
  it.each([
    [['staus', 'x'], 'prunefront', 'did you mean status?'],
    [['sweep', 'rnu', 'x.yaml'], 'prunefront sweep', 'did you mean run?'],
    [['list', '--gatway', 'x:1'], 'prunefront list', 'did you mean --gateway?'],
  ])(
    'given the misspelling in %j, when it is run, then the nearest spelling is told and it exits with 2',
    async (args, place, hint) => {
      expect(await usageError(...args)).toMatchObject({ code: 'PRUNEFRONT_USAGE', place, hint });
    },
  );

  it.each([
    [['status'], /missing required argument 'sweep'/],
    [['export', 'selected'], /missing required argument 'folder'/],
    [['status', 'a', 'b'], /too many arguments/],
    [['budget', 'a', 'many'], /'many' is invalid.*at least 1/],
    [['list', '--local', '--slots', '0'], /'0' is invalid.*at least 1/],
  ])('given %j, when it is run, then it is refused before anything is started', async (args, message) => {
    const error = await usageError(...args);
    expect(error).toMatchObject({ code: 'PRUNEFRONT_USAGE', message: expect.stringMatching(message) });
    expect(error.hint).toBe(`prunefront ${args[0]} --help`);
  });

  it('given a person, when a command is misspelt, then the error has the form of all others', async () => {
    const { code, stderr } = await Cli.run('staus');
    expect(code).toBe(2);
    expect(stderr).toBe("PRUNEFRONT_USAGE: unknown command 'staus'\n  at: prunefront\n  hint: did you mean status?\n");
  });
});
