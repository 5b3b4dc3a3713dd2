/** Processes that serve metrics. */
export type Process = 'gateway' | 'orchestrator' | 'worker';

/** What a metric is, before any process counts anything. Units are base units; names follow Prometheus' conventions. */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly servedBy: readonly Process[];
  readonly labels: readonly string[];
  readonly help: string;
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

/** Buckets from stages of seconds to stages of hours. */
export const STAGE_SECONDS = [1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 43_200];
/** From calls that are answered from memory to those that wait for an orchestrator. */
const CALL_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const SPARSITY = [0.1, 0.25, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99, 1];

const ALL: readonly Process[] = ['gateway', 'orchestrator', 'worker'];
const WORKER: readonly Process[] = ['worker'];
const GATEWAY: readonly Process[] = ['gateway'];

/**
 * Every metric of Prunefront by name; the page docs/metrics.md is generated from it, and dashboards and rules may name no other one.
 * `sweep` is the name in a sweep's spec, `schedule` that of a schedule; no label holds a candidate, a stage or a run.
 */
export const METRICS = {
  // Every process.
  prunefront_build_info: gauge(
    ALL,
    ['process', 'version'],
    'Always 1; its labels say which process of which version this is.',
  ),
  prunefront_ready: gauge(
    ALL,
    ['process'],
    '1 while the process takes work, 0 while it starts, cannot reach what it needs, or drains.',
  ),
  prunefront_collection_failures_total: counter(
    ALL,
    ['source', 'cause'],
    'Times that a source of metrics could not be read for a scrape, by error code; its metrics are absent then.',
  ),
  // A node worker: stages.
  prunefront_stages_ended_total: counter(
    WORKER,
    ['node', 'sweep', 'method', 'outcome', 'cause'],
    'Stages that ended on this node, by outcome (done, reused, failed, cancelled, handed_over) and the error code of those that failed.',
  ),
  prunefront_stages_by_engine_total: counter(
    WORKER,
    ['node', 'engine'],
    'Stages that were done on this node by what they ran on: compiled programs, or eager where some part could not be compiled.',
  ),
  prunefront_stages_running: gauge(WORKER, ['node', 'method'], 'Stages that run on a slot of this node.'),
  prunefront_stage_run_seconds: histogram(
    WORKER,
    ['method', 'outcome'],
    'Time from the start of a stage on a slot to its end, for stages that were really run.',
    STAGE_SECONDS,
  ),
  prunefront_stage_queue_seconds: histogram(
    WORKER,
    ['method'],
    'Time that a stage waited in its task queue before this node took it.',
    STAGE_SECONDS,
  ),
  prunefront_stages_resumed_total: counter(
    WORKER,
    ['node'],
    'Stages that went on from a checkpoint, made on this node or on another one.',
  ),
  prunefront_sparsity_reached_ratio: histogram(
    WORKER,
    ['method'],
    'Sparsity that finished pruning stages reached, 0 to 1.',
    SPARSITY,
  ),
  prunefront_images_trained_total: counter(WORKER, ['node'], 'Examples that optimizer steps of this node have seen.'),
  prunefront_device_seconds_total: counter(
    WORKER,
    ['node', 'device'],
    'Time that slots of this node spent on stages, by kind of device.',
  ),
  // A node worker: slots, trainers, devices.
  prunefront_slots: gauge(WORKER, ['node', 'state'], 'Slots of this node by state (free, busy, starting, closed).'),
  prunefront_node_draining: gauge(
    WORKER,
    ['node'],
    '1 while this node takes no new stages because somebody drains it.',
  ),
  prunefront_trainer_restarts_total: counter(
    WORKER,
    ['node', 'reason'],
    'Trainers that were started again, by reason (died, hung, grown).',
  ),
  prunefront_trainer_resident_bytes: gauge(WORKER, ['node', 'slot'], 'Resident memory of the trainer of a slot.'),
  prunefront_trainer_programs: gauge(WORKER, ['node', 'slot'], 'Compiled programs that the trainer of a slot keeps.'),
  prunefront_trainer_program_bytes: gauge(WORKER, ['node', 'slot'], 'Memory of those programs, about.'),
  prunefront_trainer_data_bytes: gauge(WORKER, ['node', 'slot'], 'Memory of the data sets that it keeps.'),
  prunefront_gpu_utilization_ratio: gauge(
    WORKER,
    ['node', 'gpu'],
    'Fraction of the time that a GPU computed, as the driver tells; absent without a GPU.',
  ),
  prunefront_gpu_memory_used_bytes: gauge(
    WORKER,
    ['node', 'gpu'],
    'Memory of a GPU in use, as the driver tells; absent without a GPU.',
  ),
  prunefront_gpu_memory_total_bytes: gauge(
    WORKER,
    ['node', 'gpu'],
    'Memory of a GPU, as the driver tells; absent without a GPU.',
  ),
  prunefront_gpu_temperature_celsius: gauge(
    WORKER,
    ['node', 'gpu'],
    'Temperature of a GPU, as the driver tells; absent without a GPU.',
  ),
  prunefront_gpu_power_watts: gauge(
    WORKER,
    ['node', 'gpu'],
    'Power that a GPU draws, as the driver tells; absent without a GPU.',
  ),
  // A gateway: nodes and sweeps. Every gateway tells the same of a sweep, so take the maximum over instances.
  prunefront_nodes: gauge(
    GATEWAY,
    ['state'],
    'Nodes seen in the last day by state (starting, ready, draining, drained, stopping, lost).',
  ),
  prunefront_sweeps: gauge(
    GATEWAY,
    ['state'],
    'Newest sweep of each name by state (preparing, baseline, searching, paused, scoring, publishing, done, cancelled, failed).',
  ),
  prunefront_sweep_state: gauge(GATEWAY, ['sweep', 'state'], '1 for the state that the newest sweep of a name is in.'),
  prunefront_sweep_candidates: gauge(
    GATEWAY,
    ['sweep', 'state'],
    'Candidates of a sweep: planned in all, done, failed.',
  ),
  prunefront_sweep_failed_candidates: gauge(
    GATEWAY,
    ['sweep', 'cause'],
    'Failed candidates of a sweep by the error code of their cause; absent for causes that none had.',
  ),
  prunefront_sweep_stages: gauge(
    GATEWAY,
    ['sweep', 'state'],
    'Stages of a sweep: waiting (not scheduled yet), queued (in the task queue), running (on a slot), done.',
  ),
  prunefront_sweep_stages_saved: gauge(
    GATEWAY,
    ['sweep', 'how'],
    'Stages that were not run: shared with another candidate of the sweep, or reused from the store.',
  ),
  prunefront_sweep_best_accuracy_ratio: gauge(
    GATEWAY,
    ['sweep'],
    'Best validation accuracy of the candidates on the front so far, 0 to 1.',
  ),
  prunefront_sweep_accuracy_ratio: gauge(
    GATEWAY,
    ['sweep', 'model'],
    'Validation accuracy of the dense model and of the candidate that the policy selects so far, 0 to 1; absent for another task than classification.',
  ),
  prunefront_sweep_score: gauge(
    GATEWAY,
    ['sweep', 'model', 'metric'],
    'Scores of the dense model and of the selected candidate on validation: the main metric of the task (accuracy or r2, at most 1, or psnr in decibels), and further metrics that the spec names, at most 16.',
  ),
  prunefront_sweep_accuracy_drop_ratio: gauge(
    GATEWAY,
    ['sweep'],
    'Validation accuracy of the dense model minus that of the selected candidate.',
  ),
  prunefront_sweep_model_bytes: gauge(
    GATEWAY,
    ['sweep', 'model', 'encoding'],
    'Bytes of the weights of the dense model and of the selected candidate by encoding (dense, gzip, sparse, encoded).',
  ),
  prunefront_sweep_latency_seconds: gauge(
    GATEWAY,
    ['sweep', 'model', 'percentile'],
    'Latency of one example through the dense model and the selected candidate (p50, p95).',
  ),
  prunefront_sweep_front_size: gauge(GATEWAY, ['sweep'], 'Members of the Pareto front so far.'),
  prunefront_sweep_front_accuracy_ratio: gauge(
    GATEWAY,
    ['sweep', 'rank'],
    'Validation accuracy of the members of the front, ranked from the most accurate on; at most 32 ranks.',
  ),
  prunefront_sweep_front_bytes: gauge(
    GATEWAY,
    ['sweep', 'rank'],
    'Bytes after gzip of the members of the front, by the same ranks.',
  ),
  prunefront_sweep_hypervolume: gauge(GATEWAY, ['sweep'], 'Hypervolume of the front, normalised to the dense model.'),
  prunefront_sweep_budget_used_ratio: gauge(
    GATEWAY,
    ['sweep', 'budget'],
    'Used fraction of a budget of the sweep (candidates, wall_clock), 0 to 1.',
  ),
  prunefront_sweep_start_time_seconds: gauge(GATEWAY, ['sweep'], 'Start of the sweep, in seconds since 1970.'),
  prunefront_sweep_end_time_seconds: gauge(
    GATEWAY,
    ['sweep'],
    'End of the sweep, estimated while it runs, in seconds since 1970.',
  ),
  prunefront_sweep_last_progress_time_seconds: gauge(
    GATEWAY,
    ['sweep'],
    'When a stage of the sweep last ended, or else when it started, in seconds since 1970.',
  ),
  // A gateway: calls.
  prunefront_gateway_call_seconds: histogram(
    GATEWAY,
    ['method', 'code'],
    'Duration of unary calls by method and status code, over gRPC and HTTP.',
    CALL_SECONDS,
  ),
  prunefront_gateway_streams: gauge(GATEWAY, ['method'], 'Streams that are open at the moment.'),
  prunefront_gateway_streams_ended_total: counter(
    GATEWAY,
    ['method', 'code'],
    'Streams that have ended, by status code.',
  ),
  prunefront_gateway_events_sent_total: counter(GATEWAY, ['method'], 'Messages sent on streams.'),
  // A gateway: nights.
  prunefront_nightly_nights_total: counter(
    GATEWAY,
    ['schedule', 'outcome'],
    'Nights of a schedule by outcome (published, kept, unchanged, failed).',
  ),
  prunefront_nightly_skipped_total: counter(
    GATEWAY,
    ['schedule'],
    'Nights that were skipped because the one before them still ran.',
  ),
  prunefront_nightly_last_outcome: gauge(GATEWAY, ['schedule', 'outcome'], '1 for the outcome of the newest night.'),
  prunefront_nightly_last_success_time_seconds: gauge(
    GATEWAY,
    ['schedule'],
    'End of the newest night that did not fail, in seconds since 1970.',
  ),
  prunefront_nightly_last_duration_seconds: gauge(GATEWAY, ['schedule'], 'Duration of the newest night.'),
  prunefront_nightly_next_time_seconds: gauge(
    GATEWAY,
    ['schedule'],
    'When the next night starts, in seconds since 1970; absent while the schedule is paused.',
  ),
  prunefront_nightly_paused: gauge(GATEWAY, ['schedule'], '1 while the schedule is paused.'),
  prunefront_nightly_regression_ratio: gauge(
    GATEWAY,
    ['schedule'],
    'Accuracy of what was published minus that of what the newest night that compared both has selected, on the same data; above 0 it fell behind.',
  ),
  prunefront_published_version: gauge(GATEWAY, ['publication'], 'Version that a publication stands for.'),
  prunefront_published_time_seconds: gauge(
    GATEWAY,
    ['publication'],
    'When that version was published, in seconds since 1970.',
  ),
  prunefront_published_accuracy_ratio: gauge(GATEWAY, ['publication'], 'Validation accuracy of that version, 0 to 1.'),
  prunefront_published_score: gauge(
    GATEWAY,
    ['publication', 'metric'],
    'Scores of that version on validation: the main metric of its task (accuracy or r2, at most 1, or psnr in decibels), and further metrics that the spec names, at most 16.',
  ),
  prunefront_published_bytes: gauge(
    GATEWAY,
    ['publication', 'encoding'],
    'Bytes of its weights by encoding (dense, gzip, sparse, encoded).',
  ),
  prunefront_published_latency_seconds: gauge(
    GATEWAY,
    ['publication', 'percentile'],
    'Latency of one example through it (p50, p95).',
  ),
} as const satisfies Record<string, MetricDefinition>;

/** Name of a metric. */
export type MetricName = keyof typeof METRICS;

function counter<const Label extends string>(servedBy: readonly Process[], labels: readonly Label[], help: string) {
  return { type: 'counter', servedBy, labels, help } as const;
}

function gauge<const Label extends string>(servedBy: readonly Process[], labels: readonly Label[], help: string) {
  return { type: 'gauge', servedBy, labels, help } as const;
}

function histogram<const Label extends string>(
  servedBy: readonly Process[],
  labels: readonly Label[],
  help: string,
  buckets: readonly number[],
) {
  return { type: 'histogram', servedBy, labels, help, buckets } as const;
}
