/**
 * Node's options for the control processes of a machine, which together have to stay under 600 MB: a small heap in megabytes, and a small
 * young generation, which would take three times 16 MB for each thread.
 */
export const HEAP_OPTIONS = {
  orchestrator: ['--max-old-space-size=256', '--max-semi-space-size=2'],
  'gpu-node': ['--max-old-space-size=128', '--max-semi-space-size=2'],
} as const;
