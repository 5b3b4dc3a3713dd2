import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, type Row } from './dashboard.js';
import { bars, lines, numbers, table } from './panels.js';
import { isNot, maxBy, selector, sumBy } from './promql.js';
import { chosen, now, overTime, quantileOf, quantileOfBuckets, rateOf, rows, shown } from './queries.js';
import { highIsGood, lowIsGood, neutral } from './thresholds.js';

/** Calls a second from the count of the histogram of their durations. */
function calls(code?: 'failed'): string {
  const matchers = { job: chosen('job'), instance: chosen('instance'), ...(code && { code: isNot('OK') }) };
  return `rate(${selector('prunefront_gateway_call_seconds_count', matchers)}[$__rate_interval])`;
}

const processes: Row = {
  title: 'Processes',
  panels: [
    numbers(
      {
        title: 'Ready',
        description: 'Fraction of the processes of a kind that take work.',
        unit: 'percentunit',
        thresholds: highIsGood(0.5, 1),
        span: 8,
      },
      now(`avg by (process) (${shown('prunefront_ready')})`, '{{process}}'),
    ),
    table(
      {
        title: 'Versions',
        description: 'Processes that answer, and their versions.',
        unit: 'short',
        thresholds: neutral,
        span: 8,
      },
      rows(`count by (process, version) (${shown('prunefront_build_info')})`),
    )
      .height(4)
      .withTransformation({
        id: 'organize',
        options: {
          excludeByName: { Time: true },
          renameByName: { process: 'Process', version: 'Version', Value: 'Count' },
        },
      }),
    numbers(
      {
        title: 'Unreadable sources',
        description:
          'Times a minute that a source of metrics could not be read for a scrape; what it tells is absent from the dashboards then.',
        unit: 'cpm',
        thresholds: lowIsGood(0.1, 1),
        span: 8,
      },
      // Without a failure there is no series.
      now(`(${sumBy([], rateOf('prunefront_collection_failures_total'))} or vector(0)) * 60`, 'unreadable'),
    ),
    lines(
      {
        title: 'Memory',
        description: 'Resident memory of each process. That of trainers is on the GPU fleet dashboard.',
        unit: 'bytes',
        thresholds: neutral,
        span: 8,
      },
      overTime(maxBy(['job', 'instance'], shown('prunefront_process_resident_memory_bytes')), '{{job}} {{instance}}'),
    ),
    lines(
      {
        title: 'Event-loop lag',
        description: '99th percentile of the delay of the event loop of each process since the scrape before.',
        unit: 's',
        thresholds: lowIsGood(0.1, 1),
        span: 8,
      },
      overTime(
        maxBy(['job', 'instance'], shown('prunefront_nodejs_eventloop_lag_p99_seconds')),
        '{{job}} {{instance}}',
      ),
    ),
    lines(
      {
        title: 'Processor time',
        description: 'Seconds of processor time a second: 1 is one core.',
        unit: 'short',
        thresholds: neutral,
        span: 8,
      },
      overTime(sumBy(['job', 'instance'], rateOf('prunefront_process_cpu_seconds_total')), '{{job}} {{instance}}'),
    ),
  ],
};

const gateway: Row = {
  title: 'Gateway',
  panels: [
    lines(
      {
        title: 'Calls',
        description: 'Unary calls a second by method, over gRPC and HTTP.',
        unit: 'reqps',
        thresholds: neutral,
        span: 8,
      },
      overTime(sumBy(['method'], calls()), '{{method}}'),
    ),
    bars(
      {
        title: 'Failed calls',
        description: 'Unary calls a second that were refused or failed, by method and status code.',
        unit: 'reqps',
        thresholds: neutral,
        span: 8,
      },
      overTime(sumBy(['method', 'code'], calls('failed')), '{{method}}: {{code}}'),
    ),
    lines(
      {
        title: 'Duration of calls',
        description: 'Median and 99th percentile of the duration of unary calls by method.',
        unit: 's',
        thresholds: lowIsGood(1, 5),
        span: 8,
      },
      overTime(quantileOf(0.5, 'prunefront_gateway_call_seconds', ['method']), '{{method}}: median'),
      overTime(quantileOf(0.99, 'prunefront_gateway_call_seconds', ['method']), '{{method}}: 99th percentile'),
    ),
    lines(
      {
        title: 'Open streams',
        description: 'Watchers: streams that are open, by method.',
        unit: 'short',
        thresholds: neutral,
        span: 8,
      },
      overTime(sumBy(['method'], shown('prunefront_gateway_streams')), '{{method}}'),
    ),
    lines(
      {
        title: 'Events sent',
        description: 'Messages a second on streams, by method.',
        unit: 'ops',
        thresholds: neutral,
        span: 8,
      },
      overTime(sumBy(['method'], rateOf('prunefront_gateway_events_sent_total')), '{{method}}'),
    ),
    bars(
      {
        title: 'Ended streams',
        description: 'Streams a second that ended, by method and status code. CANCELLED is a watcher that left.',
        unit: 'ops',
        thresholds: neutral,
        span: 8,
      },
      overTime(sumBy(['method', 'code'], rateOf('prunefront_gateway_streams_ended_total')), '{{method}}: {{code}}'),
    ),
  ],
};

const temporal: Row = {
  title: 'Temporal, as the SDK in orchestrators and workers sees it',
  panels: [
    lines(
      {
        title: 'Calls to the server',
        description: 'Calls a second to the Temporal server by operation, polls left out.',
        unit: 'reqps',
        thresholds: neutral,
        span: 8,
      },
      overTime(sumBy(['operation'], rateOf('temporal_request_total')), '{{operation}}'),
    ),
    lines(
      {
        title: 'Duration of calls to the server',
        description: '99th percentile of the duration of calls to the Temporal server by operation.',
        unit: 's',
        thresholds: lowIsGood(1, 5),
        span: 8,
      },
      overTime(quantileOfBuckets(0.99, 'temporal_request_latency_seconds_bucket', ['operation']), '{{operation}}'),
    ),
    lines(
      {
        title: 'Workflow tasks',
        description:
          '95th percentile of the time that workflow tasks waited, and that they took. Waiting for more than a second calls for another orchestrator.',
        unit: 's',
        thresholds: lowIsGood(1, 5),
        span: 8,
      },
      overTime(
        quantileOfBuckets(0.95, 'temporal_workflow_task_schedule_to_start_latency_seconds_bucket', []),
        'waited',
      ),
      overTime(quantileOfBuckets(0.95, 'temporal_workflow_task_execution_latency_seconds_bucket', []), 'took'),
    ),
    bars(
      {
        title: 'Completed workflows',
        description: 'Workflows a minute that completed, by type.',
        unit: 'cpm',
        thresholds: neutral,
        span: 6,
      },
      overTime(`${sumBy(['workflow_type'], rateOf('temporal_workflow_completed_total'))} * 60`, '{{workflow_type}}'),
    ),
    bars(
      {
        title: 'Failed activities',
        description:
          'Attempts of activities a minute that failed, by type. Most are tried again, and a lost node costs a candidate nothing.',
        unit: 'cpm',
        thresholds: lowIsGood(1, 10),
        span: 6,
      },
      overTime(
        `${sumBy(['activity_type'], rateOf('temporal_activity_execution_failed_total'))} * 60`,
        '{{activity_type}}',
      ),
    ),
    lines(
      {
        title: 'Task slots of the SDK in use',
        description: 'Used fraction of what each worker of the SDK takes on at once, by task queue and kind of task.',
        unit: 'percentunit',
        thresholds: neutral,
        span: 6,
      },
      overTime(
        `${sumBy(['task_queue', 'worker_type'], shown('temporal_worker_task_slots_used'))} / (${sumBy(['task_queue', 'worker_type'], shown('temporal_worker_task_slots_used'))} + ${sumBy(['task_queue', 'worker_type'], shown('temporal_worker_task_slots_available'))})`,
        '{{task_queue}}: {{worker_type}}',
      ),
    ).max(1),
    lines(
      {
        title: 'Workflows in the cache',
        description: 'Workflows that orchestrators hold in memory.',
        unit: 'short',
        thresholds: neutral,
        span: 6,
      },
      overTime(sumBy(['instance'], shown('temporal_sticky_cache_size')), '{{instance}}'),
    ),
  ],
};

/** The processes, the calls that they answer, and the server that they work with. */
export function serviceDashboard(): DashboardBuilder {
  return dashboard('service', {
    description: "Prunefront's processes, the gateway's calls and streams, and Temporal.",
    from: 'now-3h',
    variables: [],
    rows: [processes, gateway, temporal],
  });
}
