import { counter, gauge, histogram, type MetricDefinition, type Process } from './definition.js';

/** From calls that are answered from memory to those that wait for an orchestrator. */
const CALL_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const GATEWAY: readonly Process[] = ['gateway'];

/** What a gateway tells. */
export const GATEWAY_METRICS = {
  // Nodes and sweeps. Every gateway tells the same of a sweep, so take the maximum over instances.
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
  // Calls.
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
  // Nights.
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
