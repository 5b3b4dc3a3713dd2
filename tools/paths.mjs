// @ts-check
// Where set-up puts its results. Processes ask here and never guess.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** What set-up fetches: versions, and the checksum of everything that is downloaded by itself. */
export const pins = JSON.parse(readFileSync(join(here, 'pins.json'), 'utf8'));

/** The clone's root; this file is also copied to dist/tools/. */
export function projectRoot() {
  let folder = dirname(here);
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** Shared by all clones of one user. */
export function cacheDir() {
  const base = process.env['XDG_CACHE_HOME'];
  // The XDG rule: a relative path is to be ignored.
  return join(base && isAbsolute(base) ? base : join(homedir(), '.cache'), 'prunefront');
}

/**
 * The full path of a program on PATH, without running it.
 * @param {string} name
 */
export function findOnPath(name) {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** Whether this machine has an NVIDIA GPU, by its driver. */
export function hasNvidiaGpu() {
  return existsSync('/proc/driver/nvidia/version') || findOnPath('nvidia-smi') !== undefined;
}

/** Which build of TensorFlow this machine gets: 'cpu' or 'gpu', PRUNEFRONT_DEVICE having the last word. */
export function tensorflowVariant() {
  const wanted = process.env['PRUNEFRONT_DEVICE'];
  if (wanted !== undefined && wanted !== '' && wanted !== 'cpu' && wanted !== 'gpu') {
    throw new Error(`PRUNEFRONT_DEVICE is '${wanted}'; allowed: cpu, gpu`);
  }
  if (wanted === 'cpu' || wanted === 'gpu') return wanted;
  // TensorFlow publishes CUDA wheels for x64 alone.
  return process.arch === 'x64' && hasNvidiaGpu() ? 'gpu' : 'cpu';
}

/** The folder that holds tensorflow/ and, on GPU machines, nvidia/. */
export function tensorflowDir() {
  return join(cacheDir(), 'tensorflow', `${pins.tensorflow.version}-${tensorflowVariant()}-linux-${process.arch}`);
}

/** The Temporal CLI, whose `server start-dev` is the embedded server; PRUNEFRONT_TEMPORAL_CLI names another one. */
export function temporalExecutable() {
  return process.env['PRUNEFRONT_TEMPORAL_CLI'] || join(cacheDir(), 'temporal', pins.temporal.cli, 'temporal');
}

/** The folder of Prometheus' programs, which tests use. */
export function prometheusPrograms() {
  return join(cacheDir(), 'prometheus', pins.prometheus.version);
}

/** @param {'prometheus' | 'promtool'} name */
export function prometheusProgram(name) {
  return join(prometheusPrograms(), name);
}
