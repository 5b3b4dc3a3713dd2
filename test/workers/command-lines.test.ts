import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wholeNumber } from '../../workers/command-line.js';
import { errorOf } from '../support/errors.js';
import { runCompiled } from '../support/programs.js';
import { temporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = temporaryFolders();

/** An address at which nothing listens: port 1 is for root alone, and nobody uses it. */
const NOWHERE = '127.0.0.1:1';

describe('a whole number on a command line', () => {
  it.each(['x', '0', '-2', '1.5', '', ' ', 'NaN', 'Infinity', '1e3', '0x10', '9'.repeat(20)])(
    'given %j, then it is refused with what was found and what is allowed',
    async (text) => {
      const { facts } = await errorOf('PRUNEFRONT_USAGE', () => wholeNumber('--slots', text));
      expect(facts).toEqual({ place: '--slots', found: text, allowed: '1 or more' });
    },
  );

  it.each(['1', '2', '007', '4096'])('given %s, then it is taken', (text) => {
    expect(wholeNumber('--slots', text)).toBe(Number(text));
  });
});

describe('the command lines of the processes', () => {
  it.each([
    ['gpu-node', '--slots', 'x'],
    ['gateway', '--window', '0'],
    ['trainer', '--checkpoint-every', 'never'],
  ])('given %s %s=%s, then it is refused in words before anything is started', async (name, option, value) => {
    const folder = await temporaryFolder();
    const needed = ['--store', join(folder, 'store'), ...(name === 'trainer' ? ['--socket', join(folder, 's')] : [])];
    const { code, stderr } = await runCompiled(`workers/${name}/main.js`, [...needed, `${option}=${value}`]);
    expect(stderr).toContain(
      `${name.replace('gpu-node', 'worker')}: PRUNEFRONT_USAGE: The option ${option} takes a whole number`,
    );
    expect(stderr).toContain('allowed: 1 or more');
    expect(stderr).not.toContain('node_modules');
    expect(code).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(['gpu-node', 'orchestrator', 'gateway', 'trainer'])(
    'given %s without its store, then it says so',
    async (name) => {
      const { code, stderr } = await runCompiled(
        `workers/${name}/main.js`,
        ['--socket=s'].slice(name === 'trainer' ? 0 : 1),
      );
      expect([code, stderr]).toEqual([2, expect.stringContaining('The option --store is missing')]);
    },
  );

  it('given an option that does not exist, then it is named', async () => {
    const { code, stderr } = await runCompiled('workers/orchestrator/main.js', ['--stroe', 'x']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^orchestrator: PRUNEFRONT_USAGE: .*--stroe/)]);
  });

  it('given the embedded stack with --slots=0, then whoever started it gets the error as data', async () => {
    const folder = await temporaryFolder();
    const { code, stdout } = await runCompiled('workers/local/main.js', ['--slots=0', '--state', folder]);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'PRUNEFRONT_USAGE', place: '--slots', found: '0' } });
    expect(code).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });

  it('given `prunefront list --local --slots x`, then it is a usage error of the command', async () => {
    const args = ['list', '--local', '--slots', 'x', '--state', await temporaryFolder()];
    const { code, stderr } = await runCompiled('cli/main.js', args);
    expect([code, stderr]).toEqual([2, expect.stringContaining('PRUNEFRONT_USAGE')]);
  });

  it.each(['gpu-node', 'orchestrator'])(
    'given %s and no Temporal server, then it says so and leaves nothing behind',
    async (name) => {
      const folder = await temporaryFolder();
      const args = ['--store', join(folder, 'store'), '--temporal', NOWHERE];
      const { code, stderr } = await runCompiled(`workers/${name}/main.js`, args, { TMPDIR: folder });
      expect([code, stderr]).toEqual([1, expect.stringContaining('PRUNEFRONT_UNREACHABLE')]);
      expect(stderr).toContain(`at: ${NOWHERE}`);
      expect(await readdir(folder)).toEqual(['store']);
    },
  );

  it('given the gateway and an address that is not its own, then it says that it cannot listen there', async () => {
    const folder = await temporaryFolder();
    const args = ['--store', join(folder, 'store'), '--listen', '192.0.2.1:7400'];
    const open = await runCompiled('workers/gateway/main.js', args);
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining('listens on loopback only')]);
    const guarded = await runCompiled('workers/gateway/main.js', [...args, '--tokens', join(folder, 'tokens.json')]);
    expect([guarded.code, guarded.stderr]).toEqual([2, expect.stringContaining('The gateway cannot listen there')]);
  });
});
