// @ts-check
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir, pins, tensorflowDir, tensorflowVariant } from '../paths.mjs';
import { SetupFailure } from './failure.mjs';
import { lastLines, runProgram } from './processes.mjs';
import { publish, withScratch } from './scratch.mjs';

/** The libraries, and the few headers that the binding's sources include. */
const WANTED = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/include/tensorflow/c/*.h',
  'tensorflow/include/tensorflow/core/platform/ctstring*.h',
  'tensorflow/include/tsl/platform/ctstring*.h',
  'tensorflow/include/xla/tsl/c/*.h',
  'nvidia/*/lib/*.so*',
  'nvidia/cuda_nvcc/bin/ptxas',
  'nvidia/cuda_nvcc/nvvm/libdevice/*',
  '*.dist-info/*LICENSE*',
  '*.dist-info/*License*',
];

const unpacker = join(dirname(fileURLToPath(import.meta.url)), 'unpack_wheel.py');

/** @returns {import('./steps.mjs').Step} */
export function tensorflowStep() {
  const variant = tensorflowVariant();
  const folder = tensorflowDir();
  return {
    name: `tensorflow ${pins.tensorflow.version} (${variant})`,
    doing: `downloading the PyPI wheel${variant === 'gpu' ? 's with CUDA (some 3 GB)' : ' (some 270 MB)'} and taking its libraries`,
    lock: `tensorflow-${variant}`,
    isDone: () =>
      existsSync(join(folder, 'manifest.json')) && existsSync(join(folder, 'tensorflow', 'libtensorflow_cc.so.2')),
    run: (note) =>
      withScratch(async (scratch) => {
        const platform = `${variant}-${process.platform}-${process.arch}`;
        const pin = pins.tensorflow.variants[platform];
        if (pin === undefined) {
          throw new SetupFailure(
            `there is no TensorFlow ${pins.tensorflow.version} build for ${platform}`,
            variant === 'gpu' ? 'set PRUNEFRONT_DEVICE=cpu' : 'use Linux on x64 or arm64, for instance in a container',
          );
        }
        checkDisk(scratch, pin.diskGiB);
        await checkPython();
        const whole = join(scratch, 'whole');
        mkdirSync(whole);
        // One wheel at a time, so that the disk never holds all of them.
        for (const wheel of pin.wheels) {
          if (pin.wheels.length > 1) note(`${wheel.name} ${wheel.version}`);
          const file = await download(wheel, pin.platforms, scratch);
          const { code, output } = await runProgram('python3', [unpacker, file, whole, ...WANTED]);
          if (code !== 0)
            throw new SetupFailure(`unpacking ${wheel.name} failed:\n${lastLines(output)}`, 'run the set-up again');
          rmSync(file);
        }
        writeFileSync(join(whole, 'manifest.json'), `${JSON.stringify({ variant, ...pin }, null, 2)}\n`);
        publish(whole, folder);
      }),
  };
}

/**
 * pip checks the checksum; its own Python's version does not matter, for the wheel's is named.
 * @param {import('../paths.mjs').Wheel} wheel
 * @param {string[]} platforms
 * @param {string} scratch
 */
async function download(wheel, platforms, scratch) {
  const requirements = join(scratch, 'requirements.txt');
  const wheels = join(scratch, 'wheels');
  writeFileSync(requirements, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const { code, output } = await runProgram('python3', [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--require-hashes',
    '--no-cache-dir',
    '--disable-pip-version-check',
    '--progress-bar=off',
    '--implementation=cp',
    `--python-version=${pins.tensorflow.python}`,
    `--abi=cp${pins.tensorflow.python}`,
    '--abi=none',
    ...platforms.map((platform) => `--platform=${platform}`),
    '--dest',
    wheels,
    '--requirement',
    requirements,
  ]);
  const file = code === 0 ? readdirSync(wheels).find((name) => name.endsWith('.whl')) : undefined;
  if (file === undefined) {
    throw new SetupFailure(
      `pip could not download ${wheel.name} ${wheel.version}:\n${lastLines(output)}`,
      'see that pip reaches its package index, then run `node tools/setup.mjs`',
    );
  }
  return join(wheels, file);
}

async function checkPython() {
  const { code } = await runProgram('python3', ['-m', 'pip', '--version']);
  if (code !== 0) {
    throw new SetupFailure(
      'Python 3 with pip is needed to download TensorFlow',
      '`apt-get install python3 python3-pip`',
    );
  }
}

/**
 * @param {string} folder
 * @param {number} gibibytes
 */
function checkDisk(folder, gibibytes) {
  const { bavail, bsize } = statfsSync(folder);
  const free = (bavail * bsize) / 2 ** 30;
  if (free < gibibytes) {
    throw new SetupFailure(
      `${cacheDir()} has ${free.toFixed(1)} GiB free; TensorFlow needs ${gibibytes} GiB while it is unpacked`,
      'free some space, or let XDG_CACHE_HOME name a folder on a larger disk',
    );
  }
}
