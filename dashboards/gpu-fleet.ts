import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, type Row } from './dashboard.js';
import { linkTo } from './links.js';
import { areas, bars, levels, lines, numbers } from './panels.js';
import { is, maxBy, sumBy } from './promql.js';
import { chosen, growthOf, now, overTime, quantileOf, quantileOfBuckets, rateOf, shown } from './queries.js';
import { highIsGood, lowIsGood, neutral } from './thresholds.js';
import { nodeVariable, sweepVariable } from './variables.js';

const NODE = { node: chosen('node') };

const slots: Row = {
  title: 'Nodes and slots',
  panels: [
    numbers(
      {
        title: 'Nodes',
        description: 'Nodes seen in the last day by state. A lost one has stopped to report without saying goodbye.',
        unit: 'short',
        thresholds: neutral,
        span: 8,
      },
      now(maxBy(['state'], shown('prunefront_nodes')), '{{state}}'),
    ),
    numbers(
      {
        title: 'Slots in use',
        description: 'Busy slots of those that are busy or free, over the chosen nodes.',
        unit: 'percentunit',
        thresholds: highIsGood(0.3, 0.7),
        span: 4,
      },
      now(
        `${sumBy([], shown('prunefront_slots', { ...NODE, state: is('busy') }))} / (${sumBy([], shown('prunefront_slots', { ...NODE, state: is('free') }))} + ${sumBy([], shown('prunefront_slots', { ...NODE, state: is('busy') }))} > 0)`,
        'in use',
      ),
    ).noValue('no slots'),
    numbers(
      {
        title: 'Draining nodes',
        description: 'Nodes that take no new stages because somebody drains them.',
        unit: 'short',
        thresholds: { base: 'green', steps: [[1, 'orange']] },
        span: 4,
      },
      now(sumBy([], shown('prunefront_node_draining', NODE)), 'draining'),
    ),
    levels(
      {
        title: 'Trainer restarts',
        description:
          'Trainers that were started again in the time that is shown, by reason: died, hung, or recycled because their memory had grown.',
        unit: 'short',
        thresholds: lowIsGood(1, 4),
        span: 8,
      },
      now(sumBy(['reason'], growthOf('prunefront_trainer_restarts_total', NODE)), '{{reason}}'),
    ).decimals(0),
    areas(
      {
        title: 'Slots',
        description: 'Slots of the chosen nodes by state.',
        unit: 'short',
        thresholds: neutral,
        span: 12,
      },
      overTime(sumBy(['state'], shown('prunefront_slots', NODE)), '{{state}}'),
    ),
    areas(
      {
        title: 'Running stages',
        description: 'Stages on slots by node.',
        unit: 'short',
        thresholds: neutral,
        span: 12,
      },
      overTime(sumBy(['node'], shown('prunefront_stages_running', NODE)), '{{node}}'),
    ),
  ],
};

const queue: Row = {
  title: 'Queue',
  panels: [
    areas(
      {
        title: 'Queued stages',
        description: 'Stages in the task queues by sweep. While there are some, no slot should be free.',
        unit: 'short',
        thresholds: neutral,
        span: 8,
      },
      overTime(
        maxBy(['sweep'], shown('prunefront_sweep_stages', { sweep: chosen('sweep'), state: is('queued') })),
        '{{sweep}}',
      ),
    ).links([linkTo('sweep', 'Their sweeps')]),
    lines(
      {
        title: 'Time in the queue',
        description: 'Median and 95th percentile of the time that a stage waited for a node.',
        unit: 's',
        thresholds: lowIsGood(1800, 7200),
        span: 8,
      },
      overTime(quantileOf(0.5, 'prunefront_stage_queue_seconds', []), 'median'),
      overTime(quantileOf(0.95, 'prunefront_stage_queue_seconds', []), '95th percentile'),
    ),
    lines(
      {
        title: 'Time in task queues, by Temporal',
        description: '95th percentile of the time that activities waited, by task queue, as the SDK measures it.',
        unit: 's',
        thresholds: lowIsGood(1800, 7200),
        span: 8,
      },
      overTime(
        quantileOfBuckets(0.95, 'temporal_activity_schedule_to_start_latency_seconds_bucket', ['task_queue']),
        '{{task_queue}}',
      ),
    ),
  ],
};

const work: Row = {
  title: 'Work',
  panels: [
    lines(
      {
        title: 'Images a second',
        description: 'Examples a second that optimizer steps see, by node.',
        unit: 'ops',
        thresholds: neutral,
        span: 8,
      },
      overTime(sumBy(['node'], rateOf('prunefront_images_trained_total', NODE)), '{{node}}'),
    ),
    lines(
      {
        title: 'Devices at work',
        description:
          'Seconds that slots spend on stages a second, by node and kind of device: 2 means that two slots are always busy.',
        unit: 'short',
        thresholds: neutral,
        span: 8,
      },
      overTime(sumBy(['node', 'device'], rateOf('prunefront_device_seconds_total', NODE)), '{{node}}: {{device}}'),
    ),
    bars(
      {
        title: 'Resumed stages',
        description: 'Stages a minute that went on from a checkpoint, by the node that took them over.',
        unit: 'cpm',
        thresholds: neutral,
        span: 8,
      },
      overTime(`${sumBy(['node'], rateOf('prunefront_stages_resumed_total', NODE))} * 60`, '{{node}}'),
    ),
  ],
};

const devices: Row = {
  title: 'GPUs: what the driver tells each node, and what DCGM exporters tell',
  panels: [
    lines(
      {
        title: 'GPU utilisation',
        description: 'Fraction of the time that a GPU computed. A node without a GPU is not here.',
        unit: 'percentunit',
        thresholds: neutral,
        span: 12,
      },
      overTime(maxBy(['node', 'gpu'], shown('prunefront_gpu_utilization_ratio', NODE)), '{{node}}: {{gpu}}'),
      overTime(`${dcgm('DCGM_FI_DEV_GPU_UTIL')} / 100`, '{{Hostname}}: {{gpu}} (DCGM)'),
    ).max(1),
    lines(
      {
        title: 'GPU memory',
        description: 'Used fraction of the memory of a GPU.',
        unit: 'percentunit',
        thresholds: lowIsGood(0.9, 0.97),
        span: 12,
      },
      overTime(
        `${maxBy(['node', 'gpu'], shown('prunefront_gpu_memory_used_bytes', NODE))} / ${maxBy(['node', 'gpu'], shown('prunefront_gpu_memory_total_bytes', NODE))}`,
        '{{node}}: {{gpu}}',
      ),
      overTime(
        `${dcgm('DCGM_FI_DEV_FB_USED')} / (${dcgm('DCGM_FI_DEV_FB_USED')} + ${dcgm('DCGM_FI_DEV_FB_FREE')})`,
        '{{Hostname}}: {{gpu}} (DCGM)',
      ),
    ).max(1),
    lines(
      {
        title: 'GPU temperature',
        description: 'Temperature of a GPU. Above its limit the driver makes it slower.',
        unit: 'celsius',
        thresholds: lowIsGood(80, 90),
        span: 12,
      },
      overTime(maxBy(['node', 'gpu'], shown('prunefront_gpu_temperature_celsius', NODE)), '{{node}}: {{gpu}}'),
      overTime(dcgm('DCGM_FI_DEV_GPU_TEMP'), '{{Hostname}}: {{gpu}} (DCGM)'),
    ),
    lines(
      {
        title: 'GPU power',
        description: 'Power that a GPU draws.',
        unit: 'watt',
        thresholds: neutral,
        span: 12,
      },
      overTime(maxBy(['node', 'gpu'], shown('prunefront_gpu_power_watts', NODE)), '{{node}}: {{gpu}}'),
      overTime(dcgm('DCGM_FI_DEV_POWER_USAGE'), '{{Hostname}}: {{gpu}} (DCGM)'),
    ),
    lines(
      {
        title: 'Memory of trainers',
        description:
          'Resident memory of the trainer of each slot. One that grows too far is recycled between two stages.',
        unit: 'bytes',
        thresholds: neutral,
        span: 12,
      },
      overTime(maxBy(['node', 'slot'], shown('prunefront_trainer_resident_bytes', NODE)), '{{node}}: slot {{slot}}'),
    ),
    lines(
      {
        title: 'What trainers keep warm',
        description:
          'Memory of the compiled programs and of the prepared data sets that the trainer of each slot keeps for the next stages.',
        unit: 'bytes',
        thresholds: neutral,
        span: 12,
      },
      overTime(maxBy(['node', 'slot'], shown('prunefront_trainer_program_bytes', NODE)), '{{node}}: slot {{slot}}'),
      overTime(maxBy(['node', 'slot'], shown('prunefront_trainer_data_bytes', NODE)), '{{node}}: slot {{slot}}, data'),
    ),
    lines(
      {
        title: 'Compiled programs',
        description: 'Compiled programs that the trainer of each slot keeps for the next stages.',
        unit: 'short',
        thresholds: neutral,
        span: 12,
      },
      overTime(maxBy(['node', 'slot'], shown('prunefront_trainer_programs', NODE)), '{{node}}: slot {{slot}}'),
    ),
    bars(
      {
        title: 'Stages by engine',
        description:
          'Stages a minute by what they ran on. An eager one could not be compiled and is several times slower; the log of its trainer and its observation say why.',
        unit: 'cpm',
        thresholds: neutral,
        span: 12,
      },
      overTime(`${sumBy(['engine'], rateOf('prunefront_stages_by_engine_total', NODE))} * 60`, '{{engine}}'),
    ),
  ],
};

function dcgm(name: `DCGM_${string}` & Parameters<typeof shown>[0]): string {
  return maxBy(['Hostname', 'gpu'], shown(name));
}

/** What the nodes have, what they do, and what waits for them. */
export function fleetDashboard(): DashboardBuilder {
  return dashboard('fleet', {
    description: 'Nodes, slots, GPUs and the queue in front of them.',
    from: 'now-6h',
    variables: [sweepVariable(), nodeVariable()],
    rows: [slots, queue, work, devices],
  });
}
