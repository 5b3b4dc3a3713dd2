import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { Publications } from '../../core/nightly/publications.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { scheduleService, sweepService } from '../../proto/load.js';
import { observedCalls } from '../metrics/call-observer.js';
import { gatewayMetrics } from '../metrics/gateway-metrics.js';
import type { Metrics } from '../metrics/registry.js';
import { scheduleCalls } from './calls/schedule-calls.js';
import { sweepCalls } from './calls/sweep-calls.js';
import { startGrpcServer } from './grpc/grpc-server.js';
import { Schedules } from './schedules/schedules.js';
import { Patience } from './sweeps/patience.js';
import { SweepHub } from './sweeps/sweep-hub.js';
import { Sweeps } from './sweeps/sweeps.js';

/** How the gateway is reached, and what it reaches. */
export interface GatewayOptions {
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly store: ArtifactStore;
  /** `host:port`; port 0 takes a free one. */
  readonly listen: string;
  readonly stageTaskQueue: string;
  /** Stages scheduled at once by each sweep. */
  readonly window: number;
  /** Slots and speed that plans assume. */
  readonly assumed: { readonly slots: number; readonly examplesPerSecond: number };
  /** Milliseconds that an orchestrator worker may take to answer before it counts as not there. */
  readonly orchestratorMs: number;
}

/** A gateway that serves. */
export interface RunningGateway {
  /** `host:port` of gRPC. */
  readonly address: string;
  readonly metrics: Metrics;
  close(): Promise<void>;
}

const CLOSE_MS = 1000;

/**
 * Serves the services of Prunefront, with health and reflection.
 * @throws PrunefrontError `PRUNEFRONT_USAGE` where it cannot listen
 */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { temporalAddress, namespace, store, listen, stageTaskQueue, window, assumed } = options;
  const connection = Connection.lazy({ address: temporalAddress });
  const client = new Client({ connection, namespace });
  const patience = new Patience(client, options.orchestratorMs);
  const sweeps = new Sweeps(client, patience, store, { stageTaskQueue, window });
  const schedules = new Schedules(client, patience, store, { stageTaskQueue, window });
  const closing = new AbortController();
  const hub = new SweepHub(sweeps, patience, closing.signal);
  const publications = new Publications(store);
  const metrics = gatewayMetrics({ hub, schedules, publications, store });
  try {
    const grpc = await startGrpcServer(listen, [
      {
        definition: sweepService,
        calls: observedCalls(
          'SweepService',
          sweepCalls({ sweeps, hub, patience, store, assumed, closing: closing.signal }),
          metrics,
        ),
      },
      {
        definition: scheduleService,
        calls: observedCalls('ScheduleService', scheduleCalls({ schedules, publications }), metrics),
      },
    ]);
    return {
      address: grpc.address,
      metrics,
      async close() {
        closing.abort();
        await grpc.close();
        // Calls under way end by themselves, and nobody has to wait for them.
        await Promise.race([patience.idle().then(() => connection.close()), sleep(CLOSE_MS)]);
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
