import { chmod, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deviceKindOf } from '../../../core/nodes/device-kind.js';
import { readDevices } from '../../../workers/gpu-node/devices.js';
import { slotsAndThreads } from '../../../workers/gpu-node/slots-and-threads.js';
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

const H100 = 'NVIDIA H100 80GB HBM3';
const gpu = (index: number, name = H100): string =>
  `${index}, GPU-${index}${index}8932f9, ${name}, 35, 1024, 81559, 41, 120.50`;
const smi = (...lines: string[]): string => `cat <<'EOF'\n${lines.join('\n')}\nEOF`;
const TWO_GPUS = smi(gpu(0), gpu(1));
const where = async (slots: number | null): Promise<(string | null)[]> => {
  const devices = await readDevices();
  const { signal } = new AbortController();
  const decided = await slotsAndThreads({
    ...{ asked: { slots, threads: null }, subject: null, devices, trainerBytes: 4e9, signal },
  });
  return slotsOfMachine(devices, decided).map(({ device }) => device.visible);
};

describe('the devices of a machine', () => {
  it('given what the driver tells of a GPU, then it is told in base units', async () => {
    await nvidiaSmi(smi(gpu(0)));
    const [found] = await readDevices();
    expect(found).toEqual({
      visible: '0',
      device: {
        ...{ id: '0', kind: 'nvidia-h100', name: H100, utilization: 0.35, temperatureCelsius: 41, powerWatts: 120.5 },
        ...{ memoryUsedBytes: 1024 * 2 ** 20, memoryTotalBytes: 81_559 * 2 ** 20 },
      },
    });
  });

  it('given what the driver does not tell, then that is null and the rest is there', async () => {
    await nvidiaSmi(smi('0, GPU-1, Tesla T4, [N/A], 5, 15360, [Not Supported], [Unknown Error]'));
    const [found] = await readDevices();
    expect(found?.device).toMatchObject({
      kind: 'nvidia-t4',
      utilization: null,
      temperatureCelsius: null,
      powerWatts: null,
    });
    expect(found?.device.memoryUsedBytes).toBe(5 * 2 ** 20);
  });

  it.each([
    [H100, 'nvidia-h100'],
    ['NVIDIA H100 PCIe', 'nvidia-h100'],
    ['NVIDIA A100-SXM4-80GB', 'nvidia-a100'],
    ['Tesla V100-SXM2-16GB', 'nvidia-v100'],
    ['NVIDIA GeForce RTX 4090', 'nvidia-rtx-4090'],
    ['NVIDIA L4', 'nvidia-l4'],
    ['NVIDIA Graphics Device', 'nvidia-gpu'],
  ])('given a GPU called %s, then its kind is %s', (name, kind) => {
    expect(deviceKindOf(name)).toBe(kind);
  });
});

describe('the slots of a machine', () => {
  it('given PRUNEFRONT_DEVICE=cpu, then there is one for each core, whatever GPUs there are', async () => {
    await nvidiaSmi(TWO_GPUS);
    vi.stubEnv('PRUNEFRONT_DEVICE', 'cpu');
    expect(await where(null)).toEqual(Array.from({ length: availableParallelism() }, () => null));
    expect(await where(3)).toEqual([null, null, null]);
  });

  it.each([
    ['nobody asks', null, ['0', '1']],
    ['two are asked for on each', 2, ['0', '0', '1', '1']],
  ])('given two GPUs, when %s, then each has its slots', async (_, asked, expected) => {
    await nvidiaSmi(TWO_GPUS);
    expect(await where(asked)).toEqual(expected);
  });

  it.each([
    ['GPUs that were given to the process', '2, 3', ['2', '3']],
    ['one of a cluster by its id', 'GPU-338932f9', ['GPU-338932f9']],
    ['a part of one', 'MIG-1f2e', ['MIG-1f2e']],
  ])('given %s, then only those have slots, of their kind', async (_, given, expected) => {
    await nvidiaSmi(smi(...[0, 1, 2, 3].map((index) => gpu(index))));
    vi.stubEnv('CUDA_VISIBLE_DEVICES', given);
    expect(await where(null)).toEqual(expected);
    expect((await readDevices()).every(({ device }) => device.kind === 'nvidia-h100')).toBe(true);
  });

  it.each(['', '-1'])('given no GPU by CUDA_VISIBLE_DEVICES=%j, then slots are on the CPU', async (given) => {
    await nvidiaSmi(TWO_GPUS);
    vi.stubEnv('CUDA_VISIBLE_DEVICES', given);
    expect(await where(2)).toEqual([null, null]);
  });

  it.each([
    ['a driver without devices', 'echo "No devices were found"'],
    ['a driver in trouble', 'echo "NVIDIA-SMI has failed"; exit 9'],
  ])('given %s, then slots are on the CPU', async (_, script) => {
    await nvidiaSmi(script);
    expect(await where(1)).toEqual([null]);
  });
});
