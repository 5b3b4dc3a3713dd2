import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Name and driver of the first GPU as nvidia-smi tells them; null where it finds no driver or is not there. */
export function nvidiaGpu(): string | null {
  const asked = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'];
  const { status, stdout } = spawnSync('nvidia-smi', asked, { encoding: 'utf8' });
  return status === 0 ? (stdout.split('\n')[0]?.trim() ?? null) : null;
}

/** What the GPU did while it was watched. */
export interface GpuUse {
  /** Mean share of the time that kernels ran, in per cent. */
  readonly utilisation: number;
  readonly mebibytes: number;
}

/** The line of nvidia-smi as numbers; null of anything else. */
export function parseUse(line: string): GpuUse | null {
  const [utilisation, mebibytes] = line.split(',').map((part) => Number.parseFloat(part));
  if (utilisation === undefined || mebibytes === undefined) return null;
  return Number.isFinite(utilisation) && Number.isFinite(mebibytes) ? { utilisation, mebibytes } : null;
}

/** Watches the first GPU until `stop` is called, which gives the means of what was seen. */
export function watchGpu(): { stop(): GpuUse } {
  const asked = ['--query-gpu=utilization.gpu,memory.used', '--format=csv,noheader,nounits', '-i', '0', '-lms', '200'];
  const child = spawn('nvidia-smi', asked, { stdio: ['ignore', 'pipe', 'ignore'] });
  child.on('error', () => undefined);
  const seen: GpuUse[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const use = parseUse(line);
    if (use !== null) seen.push(use);
  });
  const mean = (of: (use: GpuUse) => number): number => seen.reduce((sum, use) => sum + of(use), 0) / seen.length;
  return {
    stop() {
      child.kill();
      return { utilisation: mean((use) => use.utilisation), mebibytes: mean((use) => use.mebibytes) };
    },
  };
}
