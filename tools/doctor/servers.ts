import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, temporalExecutable, tensorflowVariant } from '../paths.mjs';
import type { Diagnosis } from './diagnosis.js';
import { firstLine, runProgram } from './run-program.js';

interface Probe {
  tensorflow: string;
  tfjs: string;
  devices: string[];
  correct: boolean;
  milliseconds: number;
}

/** Really loads TensorFlow, in a process of its own. */
export async function diagnoseTensorflow(): Promise<Diagnosis> {
  const name = 'TensorFlow';
  const script = join(projectRoot(), 'tools', 'probe-tensorflow.cjs');
  const { ok, stdout, stderr } = await runProgram(process.execPath, [script], 120_000);
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (!ok || !line.startsWith('{')) {
    const why = stderr.split('\n').find((text) => text.includes('Error')) ?? firstLine(stderr);
    return { name, state: 'problem', found: `does not load: ${why}`, remedy: '`npm run setup`' };
  }
  const probe = JSON.parse(line) as Probe;
  const found = `${probe.tensorflow} through tfjs-node-gpu ${probe.tfjs}, devices ${probe.devices.join(' and ')}`;
  if (!probe.correct) {
    const remedy = 'remove its folder in the cache, then `npm run setup`';
    return { name, state: 'problem', found: `${found}, but a matrix product came out wrong`, remedy };
  }
  if (tensorflowVariant() === 'gpu' && !probe.devices.includes('GPU:0')) {
    const remedy =
      'see that `nvidia-smi` works and its driver supports CUDA 12.5 or later, or set PRUNEFRONT_DEVICE=cpu';
    return { name, state: 'warning', found: `${found}; it sees no GPU and trains on the CPU`, remedy };
  }
  return { name, state: 'ok', found: `${found}; loads and multiplies in ${probe.milliseconds} ms` };
}

export async function diagnoseTemporal(): Promise<Diagnosis> {
  const name = 'Temporal server';
  const executable = temporalExecutable();
  if (!existsSync(executable)) {
    return { name, state: 'problem', found: `${executable} is missing`, remedy: '`npm run setup`' };
  }
  const { ok, stdout, stderr } = await runProgram(executable, ['--version']);
  if (ok) return { name, state: 'ok', found: `${firstLine(stdout)}, ${executable}` };
  const remedy = `remove ${executable}, then \`npm run setup\``;
  return { name, state: 'problem', found: `${executable} does not run: ${firstLine(stderr)}`, remedy };
}
