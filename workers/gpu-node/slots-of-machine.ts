import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** One slot for each GPU; without a GPU one for each core. The value is `CUDA_VISIBLE_DEVICES`, or null on CPU. */
export function slotsOfMachine(asked: number | null): (string | null)[] {
  const gpus = process.env['PRUNEFRONT_DEVICE'] === 'cpu' ? [] : visibleGpus();
  const count = asked ?? (gpus.length > 0 ? gpus.length : availableParallelism());
  return Array.from({ length: count }, (_, i) => (gpus.length > 0 ? (gpus[i % gpus.length] ?? null) : null));
}

function visibleGpus(): string[] {
  try {
    return execFileSync('nvidia-smi', ['--query-gpu=index', '--format=csv,noheader'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}
