/** Metrics that Node.js has in each of our processes, as prom-client names them with our prefix. */
const NODE = [
  'prunefront_process_resident_memory_bytes',
  'prunefront_process_cpu_seconds_total',
  'prunefront_nodejs_eventloop_lag_p99_seconds',
] as const;

/** Metrics of Temporal's SDK in orchestrators and workers, in seconds and with Prometheus' suffixes. */
const TEMPORAL = [
  'temporal_request_total',
  'temporal_request_latency_seconds_bucket',
  'temporal_activity_schedule_to_start_latency_seconds_bucket',
  'temporal_activity_execution_failed_total',
  'temporal_workflow_task_schedule_to_start_latency_seconds_bucket',
  'temporal_workflow_task_execution_latency_seconds_bucket',
  'temporal_workflow_completed_total',
  'temporal_worker_task_slots_used',
  'temporal_worker_task_slots_available',
  'temporal_sticky_cache_size',
] as const;

/** Metrics of NVIDIA's DCGM exporter, under the names of its default configuration. */
const DCGM = [
  'DCGM_FI_DEV_GPU_UTIL',
  'DCGM_FI_DEV_FB_USED',
  'DCGM_FI_DEV_FB_FREE',
  'DCGM_FI_DEV_GPU_TEMP',
  'DCGM_FI_DEV_POWER_USAGE',
] as const;

/** Metrics that the dashboards show and that are not of Prunefront's own catalogue, by where they come from. */
export const FOREIGN_METRICS = {
  node: NODE,
  temporal: TEMPORAL,
  dcgm: DCGM,
  /** Prometheus' own, one a target. */
  prometheus: ['up'],
} as const;

/** Name of one of them. */
export type ForeignMetric = (typeof FOREIGN_METRICS)[keyof typeof FOREIGN_METRICS][number];
