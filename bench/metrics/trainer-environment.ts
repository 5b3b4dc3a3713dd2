/** The environment that a node gives its trainers on a machine without GPUs. */
export const TRAINER_ENVIRONMENT = {
  TF_CPP_MIN_LOG_LEVEL: '2',
  MALLOC_ARENA_MAX: '2',
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  OMP_NUM_THREADS: '1',
  CUDA_VISIBLE_DEVICES: '-1',
} as const;
