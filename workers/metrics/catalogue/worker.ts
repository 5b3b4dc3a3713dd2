import { counter, gauge, histogram, type MetricDefinition, type Process } from './definition.js';

/** Buckets from stages of seconds to stages of hours. */
export const STAGE_SECONDS = [1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 43_200];
const SPARSITY = [0.1, 0.25, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99, 1];

const WORKER: readonly Process[] = ['worker'];

/** What the worker of a node tells. */
export const WORKER_METRICS = {
  // Stages.
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
  // Slots, trainers, devices.
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
} as const satisfies Record<string, MetricDefinition>;
