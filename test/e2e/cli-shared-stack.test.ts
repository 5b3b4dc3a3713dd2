import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cli, stackProcesses, untilGone } from '../support/cli.js';
import { temporaryFolders } from '../support/temporary-folder.js';

const specOf = (name: string, epochs: number): string => `
name: ${name}
model: { zoo: mnistMlp }
dataset: mnist
baseline: { epochs: 1, optimizer: adam }
space:
  method: { granularity: weight, criterion: magnitude, scope: global }
  sparsity: [0.5, 0.9]
  schedule: oneShot
  recovery: { epochs: ${epochs}, learningRate: 0.0005 }
`;
const folder = temporaryFolders(afterAll);
let home = '';

beforeAll(async () => {
  home = await folder();
  await writeFile(join(home, 'short.yaml'), specOf('short', 1));
  await writeFile(join(home, 'long.yaml'), specOf('long', 8));
});

function command(name: string): string[] {
  const at = ['--local', '--state', join(home, 'state'), '--out', join(home, name), '--slots', '2'];
  return ['sweep', 'run', join(home, `${name}.yaml`), ...at];
}

describe('two commands on one state folder', () => {
  it('given a short sweep and a longer one beside it, when the first ends, then its stack serves the other one to its end and then ends', async () => {
    const short = Cli.start(...command('short'));
    await short.until(/started\./);
    const long = Cli.start(...command('long'));
    await long.until(/started\./);
    const stack = stackProcesses(join(home, 'state'));
    expect((await short.ended).code).toBe(0);
    const { code, stderr } = await long.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await untilGone(stack);
  });

  it('given a finished sweep whose artifacts were damaged, when the same command runs again, then what it hands out is made again', async () => {
    const blobs = join(home, 'state', 'store', 'blobs');
    for (const name of readdirSync(blobs, { recursive: true, encoding: 'utf8' })) {
      const path = join(blobs, name);
      if (statSync(path).isFile()) writeFileSync(path, 'damaged');
    }
    const { code, stdout, stderr } = await Cli.run(...command('short'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Sweep short-[0-9a-f]{8} started\.$/m);
  });
});
