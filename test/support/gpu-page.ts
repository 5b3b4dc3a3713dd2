import { METRICS, type MetricDefinition } from '../../workers/metrics/catalogue.js';

/** A page of what a worker on a machine with a GPU tells of it, for machines without. */
export function gpuPage(): string {
  return Object.entries<MetricDefinition>(METRICS)
    .filter(([name]) => name.startsWith('prunefront_gpu_'))
    .map(([name, { type }]) => `# TYPE ${name} ${type}\n${name}{node="gpu-machine",gpu="0"} 1\n`)
    .join('');
}
