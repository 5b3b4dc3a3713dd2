import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { Publications } from '../../core/nightly/publications.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { nodeService, scheduleService, sweepService } from '../../proto/load.js';
import { observedCalls } from '../metrics/call-observer.js';
import { collectGatewayMetrics } from '../metrics/gateway-metrics.js';
import { createMetrics, type Metrics } from '../metrics/registry.js';
import { opsRoutes } from '../service/ops-routes.js';
import { Readiness } from '../service/readiness.js';
import type { TemporalSettings } from '../service/temporal-settings.js';
import { packageVersion } from '../version.js';
import { Access } from './access/access.js';
import {
  type AccessSettings,
  accessNotes,
  accessOptions,
  requireCredentialsBeyondLoopback,
  serverTls,
} from './access/access-settings.js';
import { AuditLog } from './access/audit-log.js';
import { guardedCalls, Room } from './access/guarded-calls.js';
import type { AskedCalls, Calls } from './calls/call.js';
import { nodeCalls } from './calls/node-calls.js';
import { scheduleCalls } from './calls/schedule-calls.js';
import { sweepCalls } from './calls/sweep-calls.js';
import { startGrpcServer } from './grpc/grpc-server.js';
import { startHttpServer } from './http/http-server.js';
import { Idempotency } from './idempotency.js';
import { Nodes } from './nodes/nodes.js';
import { Schedules } from './schedules/schedules.js';
import { Patience } from './sweeps/patience.js';
import { specReader } from './sweeps/spec-reader.js';
import { SweepEvents } from './sweeps/sweep-events.js';
import { SweepHub } from './sweeps/sweep-hub.js';
import { Sweeps } from './sweeps/sweeps.js';
import { watchTemporal } from './temporal-health.js';

/** How the gateway is reached, and what it reaches. */
export interface GatewayOptions {
  readonly temporal: TemporalSettings;
  readonly store: ArtifactStore;
  /** `host:port`; port 0 takes a free one. */
  readonly listen: string;
  /** `host:port` of the page and the HTTP API; port 0 takes a free one. */
  readonly http: string;
  readonly access: AccessSettings;
  /** Folder that everything which specs name must lie in; absent for anywhere. */
  readonly data?: string;
  /** Task queue of the stages of a sweep that names no kind of device, while no node has told its own. */
  readonly stageTaskQueue: string;
  /** Stages scheduled at once by each sweep. */
  readonly window: number;
  /** Slots and speed that plans assume. */
  readonly assumed: { readonly slots: number; readonly examplesPerSecond: number };
  /** Milliseconds that an orchestrator worker may take to answer before it counts as not there. */
  readonly orchestratorMs: number;
  /** Whether the process takes work, which this tells of Temporal; ready where none is given. */
  readonly readiness?: Readiness;
  /** The settings of the process, secrets masked. */
  readonly configuration?: Readonly<Record<string, string>>;
  /** The metrics of the process, to which its own are added. */
  readonly metrics?: Metrics;
}

/** A gateway that serves. */
export interface RunningGateway {
  /** `host:port` of gRPC. */
  readonly address: string;
  /** `http://host:port/` of the page and the HTTP API. */
  readonly page: string;
  /** What it serves at `/metrics`. */
  readonly metrics: Metrics;
  /** What people should know of how it is guarded, in sentences. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

const CLOSE_MS = 1000;

/**
 * Serves the services of Prunefront, with health and reflection.
 * @throws PrunefrontError `PRUNEFRONT_USAGE` where it cannot listen, or may not
 */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { temporal, store, listen, stageTaskQueue, window, assumed, configuration = {} } = options;
  const { metrics = createMetrics('gateway'), readiness = new Readiness(null) } = options;
  const version = packageVersion();
  const access = await Access.open(accessOptions(options.access));
  const places = { '--listen': listen, '--http': options.http };
  requireCredentialsBeyondLoopback(places, access.asks);
  const tls = serverTls(options.access);
  const audit = options.access.audit === null ? null : await AuditLog.open(options.access.audit);
  const connection = Connection.lazy(temporal.connection);
  const client = new Client({ ...temporal.client, connection });
  const patience = new Patience(client, options.orchestratorMs);
  const nodes = new Nodes(store);
  const sweeps = new Sweeps(client, patience, store, { stageTaskQueue, window });
  const schedules = new Schedules(client, patience, store, { stageTaskQueue, window });
  const closing = new AbortController();
  const hub = new SweepHub(sweeps, patience, closing.signal);
  const publications = new Publications(store);
  collectGatewayMetrics(metrics, { hub, nodes, schedules, publications, store });
  const events = new SweepEvents(hub, patience, store);
  const idempotency = new Idempotency(store);
  const readSpec = specReader(options.data ?? null);
  const guards = { access, audit, room: new Room() };
  const served = (name: string, calls: Calls): AskedCalls =>
    observedCalls(name, guardedCalls(name, calls, guards), metrics);
  const endings: (() => Promise<void>)[] = [];
  const end = async (): Promise<void> => {
    await Promise.all(endings.map((ending) => ending()));
    await audit?.close();
  };
  try {
    const calls = sweepCalls({
      ...{ sweeps, hub, events, nodes, idempotency, patience, store, readSpec, assumed, closing: closing.signal },
    });
    const services = {
      SweepService: served('SweepService', calls),
      NodeService: served('NodeService', nodeCalls(nodes)),
      ScheduleService: served(
        'ScheduleService',
        scheduleCalls({ schedules, publications, idempotency, nodes, readSpec }),
      ),
    };
    const grpc = await startGrpcServer(listen, tls, [
      { definition: sweepService, calls: services.SweepService },
      { definition: nodeService, calls: services.NodeService },
      { definition: scheduleService, calls: services.ScheduleService },
    ]);
    endings.push(() => grpc.close());
    readiness.onChange(grpc.setHealthy);
    const tell = (lacks: string | null): void => readiness.set('temporal', lacks);
    void watchTemporal(connection, temporal.client.namespace, patience, tell, closing.signal);
    const page = await startHttpServer({
      ...{ listen: options.http, tls, services, access, version },
      plugins: [opsRoutes({ process: 'gateway', version, readiness, configuration, metrics })],
    });
    endings.push(() => page.close());
    return {
      address: grpc.address,
      page: page.url,
      metrics,
      notes: accessNotes(places, options.access, access),
      async close() {
        closing.abort();
        await end();
        // Calls under way end by themselves, and nobody has to wait for them.
        await Promise.race([patience.idle().then(() => connection.close()), sleep(CLOSE_MS)]);
      },
    };
  } catch (error) {
    closing.abort();
    await end();
    await connection.close();
    throw error;
  }
}
