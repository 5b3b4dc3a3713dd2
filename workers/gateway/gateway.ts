import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { sweepService } from '../../proto/load.js';
import { packageVersion } from '../version.js';
import { sweepCalls } from './calls/sweep-calls.js';
import { startGrpcServer } from './grpc/grpc-server.js';
import { startHttpServer } from './http/http-server.js';
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
  /** `host:port` of the page and the HTTP API; port 0 takes a free one. */
  readonly http: string;
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
  /** `http://host:port/` of the page and the HTTP API. */
  readonly page: string;
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
  const closing = new AbortController();
  const hub = new SweepHub(sweeps, patience, closing.signal);
  const endings: (() => Promise<void>)[] = [];
  try {
    const calls = sweepCalls({ sweeps, hub, patience, store, assumed, closing: closing.signal });
    const grpc = await startGrpcServer(listen, [{ definition: sweepService, calls }]);
    endings.push(() => grpc.close());
    const services = { SweepService: calls };
    const http = await startHttpServer({ listen: options.http, services, version: packageVersion() });
    endings.push(() => http.close());
    return {
      address: grpc.address,
      page: http.url,
      async close() {
        closing.abort();
        await Promise.all(endings.map((end) => end()));
        // Calls under way end by themselves, and nobody has to wait for them.
        await Promise.race([patience.idle().then(() => connection.close()), sleep(CLOSE_MS)]);
      },
    };
  } catch (error) {
    await Promise.all(endings.map((end) => end()));
    await connection.close();
    throw error;
  }
}
