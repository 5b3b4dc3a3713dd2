export interface Wheel {
  name: string;
  version: string;
  sha256: string;
}

export interface Pins {
  node: string;
  tensorflow: {
    version: string;
    python: string;
    variants: Record<string, { diskGiB: number; platforms: string[]; wheels: Wheel[] }>;
  };
  temporal: { cli: string; atLeast: string; below: string };
  prometheus: { version: string; atLeast: string; below: string };
}

export const pins: Pins;
export function projectRoot(): string;
export function cacheDir(): string;
export function findOnPath(name: string): string | undefined;
export function hasNvidiaGpu(): boolean;
export function tensorflowVariant(): 'cpu' | 'gpu';
export function tensorflowDir(): string;
export function temporalExecutable(): string;
export function prometheusPrograms(): string;
export function prometheusProgram(name: 'prometheus' | 'promtool'): string;
