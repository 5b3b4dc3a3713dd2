import { among, is, isNot, maxBy, metric, sumBy } from '../promql.js';
import type { RuleGroup } from './rule.js';

const JOBS = ['prunefront-gateway', 'prunefront-orchestrator', 'prunefront-worker'];
/** A job of which Prometheus knows no target at all; service discovery drops a process that is gone, and `up` with it. */
const vanished = (job: string): string =>
  `label_replace(absent(${metric('up', { job: is(job) })}), "instance", "any instance", "", "")`;

/** Processes and nodes that are gone, idle, or restless. */
export const fleetRules: RuleGroup = {
  name: 'prunefront-fleet',
  recordings: [
    {
      name: 'node:prunefront_images_trained:rate5m',
      expr: sumBy(['node'], `rate(${metric('prunefront_images_trained_total')}[5m])`),
    },
    {
      name: 'node:prunefront_slots_busy:ratio',
      expr: `${sumBy(['node'], metric('prunefront_slots', { state: is('busy') }))}
/ (${sumBy(['node'], metric('prunefront_slots', { state: among('busy', 'free') }))} > 0)`,
    },
  ],
  alerts: [
    {
      name: 'PrunefrontProcessDown',
      expr: [`${metric('up', { job: among(...JOBS) })} == 0`, ...JOBS.map(vanished)].join('\nor '),
      holds: '5m',
      severity: 'critical',
      summary: '{{ $labels.job }} on {{ $labels.instance }} does not answer',
      description:
        'Prometheus has not been able to scrape {{ $labels.job }} on {{ $labels.instance }} for five minutes.',
      remedy:
        'See whether the process runs and what it said last. A node worker that was shut down for good is to be removed from the scrape configuration. "Any instance" means that no target of the job is left: the service is gone or its name does not resolve.',
    },
    {
      name: 'PrunefrontNodeLost',
      expr: `${maxBy([], metric('prunefront_nodes', { state: is('lost') }))} > 0`,
      holds: '1m',
      severity: 'warning',
      summary: 'A node is lost',
      description:
        '{{ $value }} of the nodes seen in the last day stopped to report without draining. Their stages go on from their checkpoints on other nodes.',
      remedy:
        '`npx prunefront nodes` names them. A machine that comes back is ready by itself; one that stays away is forgotten after a day. End workers with SIGTERM, so that they drain and are not missed.',
    },
    {
      name: 'PrunefrontSlotsIdle',
      expr: `(${sumBy([], `${metric('prunefront_slots', { state: is('free') })} unless on (node) ${metric('prunefront_node_draining')} == 1`)} > 0)
and on () (${sumBy([], maxBy(['sweep'], metric('prunefront_sweep_stages', { state: is('queued') })))} > 0)`,
      holds: '10m',
      severity: 'warning',
      summary: 'Slots are idle while stages wait',
      description: '{{ $value }} slots have been free for ten minutes while stages stood in the task queues.',
      remedy:
        'The sweep may want a GPU kind that the free nodes are not (compare its task queue with `npx prunefront nodes`), or the nodes do not reach Temporal: see "Time in task queues" on the GPU fleet dashboard and the logs of the workers.',
    },
    {
      name: 'PrunefrontTrainerRestarts',
      // Recycling a trainer whose memory has grown is housekeeping.
      expr: `${sumBy(['node'], `increase(${metric('prunefront_trainer_restarts_total', { reason: isNot('grown') })}[1h])`)} > 3`,
      holds: '1m',
      severity: 'warning',
      summary: 'Trainers on {{ $labels.node }} keep restarting',
      description: '{{ $value | printf "%.0f" }} trainers on {{ $labels.node }} died or hung within an hour.',
      remedy:
        'See the log of the node worker. Trainers that are killed point to too little memory (fewer slots, a smaller batch); ones that hang to the GPU or its driver: drain the node (`npx prunefront nodes drain`) and look at it.',
    },
  ],
};
