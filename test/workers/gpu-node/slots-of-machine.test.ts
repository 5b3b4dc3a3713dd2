import { chmod, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { slotsOfMachine } from '../../../workers/gpu-node/slots-of-machine.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = temporaryFolders();

beforeEach(() => {
  vi.stubEnv('PRUNEFRONT_DEVICE', undefined);
  vi.stubEnv('CUDA_VISIBLE_DEVICES', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Puts a program of this name in front of all others: no GPU is needed to see what is made of its answer. */
async function nvidiaSmi(script: string): Promise<void> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'nvidia-smi'), 0o755);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH']}`);
}

const TWO_GPUS = 'printf "0\\n1\\n"';

describe('the slots of a machine', () => {
  it('given PRUNEFRONT_DEVICE=cpu, then there is one for each core, whatever GPUs there are', async () => {
    await nvidiaSmi(TWO_GPUS);
    vi.stubEnv('PRUNEFRONT_DEVICE', 'cpu');
    expect(slotsOfMachine(null)).toEqual(Array.from({ length: availableParallelism() }, () => null));
    expect(slotsOfMachine(3)).toEqual([null, null, null]);
  });

  it('given two GPUs, then each has a slot', async () => {
    await nvidiaSmi(TWO_GPUS);
    expect(slotsOfMachine(null)).toEqual(['0', '1']);
  });

  it.each([
    [1, ['0']],
    [3, ['0', '1', '0']],
  ])('given two GPUs, when %i slots are asked for, then they take turns', async (asked, expected) => {
    await nvidiaSmi(TWO_GPUS);
    expect(slotsOfMachine(asked)).toEqual(expected);
  });

  it.each([
    ['GPUs that were given to the process', '2, 3', ['2', '3']],
    ['one of a cluster by its id', 'GPU-8932f937', ['GPU-8932f937']],
  ])('given %s, then only those have slots', async (_, given, expected) => {
    await nvidiaSmi('seq 0 7');
    vi.stubEnv('CUDA_VISIBLE_DEVICES', given);
    expect(slotsOfMachine(null)).toEqual(expected);
  });

  it.each(['', '-1'])('given no GPU by CUDA_VISIBLE_DEVICES=%j, then slots are on the CPU', async (given) => {
    await nvidiaSmi(TWO_GPUS);
    vi.stubEnv('CUDA_VISIBLE_DEVICES', given);
    expect(slotsOfMachine(2)).toEqual([null, null]);
  });

  it.each([
    ['a driver without devices', 'echo "No devices were found"'],
    ['a driver in trouble', 'echo "NVIDIA-SMI has failed"; exit 9'],
  ])('given %s, then slots are on the CPU', async (_, script) => {
    await nvidiaSmi(script);
    expect(slotsOfMachine(1)).toEqual([null]);
  });
});
