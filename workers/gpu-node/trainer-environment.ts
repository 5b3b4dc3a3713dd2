/** Environment variables of a trainer beside those that it inherits. */
export function trainerEnvironment(gpu: string | null, threads: number | null): NodeJS.ProcessEnv {
  return {
    ...{ TF_CPP_MIN_LOG_LEVEL: '2', MALLOC_ARENA_MAX: '2' },
    // A trainer that took the whole memory of its GPU would be the only one on it.
    ...(gpu === null
      ? { CUDA_VISIBLE_DEVICES: '-1' }
      : { CUDA_VISIBLE_DEVICES: gpu, TF_FORCE_GPU_ALLOW_GROWTH: 'true' }),
    ...(threads === null
      ? {}
      : {
          ...{ TF_NUM_INTRAOP_THREADS: String(threads), OMP_NUM_THREADS: String(threads) },
          TF_NUM_INTEROP_THREADS: '1',
        }),
  };
}
