import { fileURLToPath } from 'node:url';
import { GPU_TRAINING } from '../../workers/gpu-node/trainer-environment.js';
import { isConvolutional, type ModelName } from './models.js';

/** Who trains. */
export const SIDES = ['tfjs', 'keras3', 'keras2', 'keras3-bf16', 'handwritten', 'ours', 'ours-bf16'] as const;
export type Side = (typeof SIDES)[number];

/** What each side is, for people. */
export const DESCRIPTIONS: Readonly<Record<Side, string>> = {
  tfjs: 'model.fit of plain tfjs on tfjs-node',
  keras3: 'fit of Keras 3 on TensorFlow',
  keras2: 'fit of Keras 2 (tf_keras)',
  'keras3-bf16': 'fit of Keras 3 with the policy mixed_bfloat16; convolutional models alone',
  handwritten: 'a loop inside one TensorFlow graph over data in memory: the limit that TensorFlow itself sets',
  ours: 'Prunefront',
  'ours-bf16': 'Prunefront with precision: bfloat16; convolutional models alone',
};

/** So many processes at once, each with so many threads; null leaves TensorFlow's default. */
export interface Setting {
  readonly processes: number;
  readonly threads: number | null;
}

/** Where all sides compute. */
export interface Place {
  readonly device: 'cpu' | 'gpu';
  readonly cores: number;
}

/** Whether a side is Prunefront. */
function isOurs(side: Side): boolean {
  return side === 'ours' || side === 'ours-bf16';
}

/** Whether a side computes products and convolutions in bfloat16. */
function isHalved(side: Side): boolean {
  return side === 'keras3-bf16' || side === 'ours-bf16';
}

/** Whether a side has the model. */
export function trains(side: Side, model: ModelName): boolean {
  return !isHalved(side) || isConvolutional(model);
}

/**
 * The settings that a side is measured in. On CPUs: one process with default threads, as many processes of one thread as there are cores,
 * and for those sides whose number of threads is ours to choose one process of one thread, too. On a GPU: up to four processes that share it.
 */
export function settings(side: Side, { device, cores }: Place): readonly Setting[] {
  const alone = { processes: 1, threads: null };
  if (device === 'gpu') {
    return [1, 2, 4].filter((n) => n === 1 || n <= cores).map((processes) => ({ processes, threads: null }));
  }
  const single = isOurs(side) || side === 'handwritten' ? [{ processes: 1, threads: 1 }] : [];
  return [alone, ...single, ...(cores > 1 ? [{ processes: cores, threads: 1 }] : [])];
}

/** A setting in a few characters: `2 × 1 thread`. */
export function settingName({ processes, threads }: Setting): string {
  if (threads === null) return `${processes} × default`;
  return `${processes} × ${threads} thread${threads === 1 ? '' : 's'}`;
}

/** A program to start, with what it changes in the environment. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What one process is to train. */
export interface WorkerTask {
  readonly side: Side;
  readonly model: ModelName;
  readonly batch: number;
  readonly threads: number | null;
}

const SCRIPTS: Readonly<Record<Side, string>> = {
  tfjs: './tfjs.js',
  ours: './ours.js',
  'ours-bf16': './ours.js',
  keras3: './keras_fit.py',
  keras2: './keras_fit.py',
  'keras3-bf16': './keras_fit.py',
  handwritten: './handwritten.py',
};

/** Ours computes on a GPU as it does in a sweep; all share its memory. */
function deviceEnvironment(side: Side, device: Place['device']): Command['environment'] {
  if (device === 'cpu') return { CUDA_VISIBLE_DEVICES: '-1' };
  return isOurs(side) ? GPU_TRAINING : { TF_FORCE_GPU_ALLOW_GROWTH: 'true' };
}

/** How a process of a side is started. */
export function workerCommand(
  { side, model, batch, threads }: WorkerTask,
  { python, inputs, device }: { readonly python: string; readonly inputs: string; readonly device: Place['device'] },
): Command {
  const script = fileURLToPath(new URL(SCRIPTS[side], import.meta.url));
  const args = [script, inputs, '--model', model, '--batch', String(batch), '--threads', String(threads ?? 0)];
  if (side === 'keras2') args.push('--keras', '2');
  if (isHalved(side)) args.push('--precision', 'bfloat16');
  const count = String(threads);
  return {
    program: script.endsWith('.py') ? python : process.execPath,
    args,
    environment: {
      TF_CPP_MIN_LOG_LEVEL: '2',
      ...deviceEnvironment(side, device),
      ...(threads === null
        ? {}
        : { TF_NUM_INTRAOP_THREADS: count, TF_NUM_INTEROP_THREADS: count, OMP_NUM_THREADS: count }),
    },
  };
}
