/**
 * How TensorFlow computes on a GPU. A trainer that took all of its memory would be the only one on it; the same seed gives the same bits; and
 * float32 is float32, not TF32 of ten binary digits, with which a smaller model is not the same as the masked one.
 */
export const GPU_TRAINING = {
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  TF_DETERMINISTIC_OPS: '1',
  NVIDIA_TF32_OVERRIDE: '0',
} as const;

/** Environment variables of a trainer beside those that it inherits. */
export function trainerEnvironment(gpu: string | null, threads: number | null): NodeJS.ProcessEnv {
  return {
    ...{ TF_CPP_MIN_LOG_LEVEL: '2', MALLOC_ARENA_MAX: '2' },
    ...(gpu === null ? { CUDA_VISIBLE_DEVICES: '-1' } : { CUDA_VISIBLE_DEVICES: gpu, ...GPU_TRAINING }),
    ...(threads === null
      ? {}
      : {
          ...{ TF_NUM_INTRAOP_THREADS: String(threads), OMP_NUM_THREADS: String(threads) },
          TF_NUM_INTEROP_THREADS: '1',
        }),
  };
}
