import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** A driver in trouble lets `nvidia-smi` wait for ever. */
const NVIDIA_SMI_TIMEOUT_MS = 15_000;

/**
 * One slot for each GPU; without a GPU one for each core. The value is `CUDA_VISIBLE_DEVICES`, or null on CPU.
 * @param asked - number of slots, one or more; null leaves it to the machine. More than there are GPUs share them in turn
 */
export function slotsOfMachine(asked: number | null): (string | null)[] {
  const gpus = process.env['PRUNEFRONT_DEVICE'] === 'cpu' ? [] : visibleGpus();
  const count = asked ?? (gpus.length > 0 ? gpus.length : availableParallelism());
  return Array.from({ length: count }, (_, i) => (gpus.length > 0 ? (gpus[i % gpus.length] ?? null) : null));
}

/** The machine's GPUs, or those of them that this process was given. */
function visibleGpus(): string[] {
  const given = process.env['CUDA_VISIBLE_DEVICES'];
  const present = presentGpus();
  if (given === undefined || present.length === 0) return present;
  return given
    .split(',')
    .map((gpu) => gpu.trim())
    .filter((gpu) => gpu !== '' && gpu !== '-1');
}

function presentGpus(): string[] {
  try {
    return execFileSync('nvidia-smi', ['--query-gpu=index', '--format=csv,noheader'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: NVIDIA_SMI_TIMEOUT_MS,
    })
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /^\d+$/.test(line));
  } catch {
    return [];
  }
}
