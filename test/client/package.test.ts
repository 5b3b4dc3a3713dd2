import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../tools/paths.mjs';
import { PaperSweeps } from '../support/paper-sweeps.js';
import { temporaryFolders } from '../support/temporary-folder.js';
import { TestGateway, yamlSpec } from '../support/test-gateway.js';

const run = promisify(execFile);
const temporaryFolder = temporaryFolders(afterAll);
const ROOT = projectRoot();
let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'node_modules'));
  await symlink(ROOT, join(folder, 'node_modules', 'prunefront'), 'dir');
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
});

describe('the package', () => {
  it('given a program elsewhere that imports it by name, when its example runs, then it starts a sweep and tells its events', async () => {
    const sweeps = await PaperSweeps.open();
    const gateway = await TestGateway.start(sweeps.env.address, sweeps.store);
    await writeFile(join(folder, 'example.mjs'), await readFile(join(ROOT, 'examples', 'client.mjs')));
    await writeFile(join(folder, 'sweep.yaml'), yamlSpec('imported', [0.5]));
    const env = { ...process.env, PRUNEFRONT_GATEWAY: gateway.address };
    const { stdout } = await run(process.execPath, ['example.mjs', 'sweep.yaml'], { cwd: folder, env });
    expect(stdout).toMatch(/^imported-[0-9a-f]{8} started$/m);
    expect(stdout).toMatch(/^1 {2}The sweep imported started$/m);
    expect(stdout).toMatch(/The sweep ended as done$/m);
    expect(stdout).toContain('hypervolume');
    await gateway.close();
    await sweeps.close();
  });

  it('given a typed program, when it is checked, then it sees the types, and a wrong call is an error', async () => {
    const check = async (name: string, text: string): Promise<string> => {
      await writeFile(join(folder, name), text);
      const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
      const how = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'NodeNext', '--target', 'ES2022'];
      const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules', '@types')];
      return run(process.execPath, [compiler, ...how, ...types, name], { cwd: folder }).then(
        ({ stdout }) => stdout,
        ({ stdout }: { stdout: string }) => stdout,
      );
    };
    const start =
      "import { PrunefrontClient } from 'prunefront';\nconst client = new PrunefrontClient('a:1', { token: 't' });\n";
    expect(
      await check('right.ts', `${start}for await (const e of client.events('a')) { const n: number = e.sequence; }`),
    ).toBe('');
    expect(await check('wrong.ts', `${start}client.events(1);`)).toContain('TS2345');
  });
});
