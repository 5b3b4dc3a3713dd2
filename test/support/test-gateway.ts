import type { ServiceError } from '@grpc/grpc-js';
import { credentials } from '@grpc/grpc-js';
import { PrunefrontClient } from '../../client/prunefront-client.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import { errorFromTrailer } from '../../proto/error-details.js';
import { SweepClient } from '../../proto/load.js';
import { UNGUARDED } from '../../workers/gateway/access/access-settings.js';
import { type GatewayOptions, startGateway } from '../../workers/gateway/gateway.js';
import { STAGE_QUEUE } from './paper-sweeps.js';

/** A call as a program in any language would see it fail. */
export interface FailedCall {
  readonly status: number;
  readonly error: Readonly<Record<string, string>>;
}

type UnaryCall =
  | `${'Get' | 'Plan' | 'Start' | 'Pause' | 'Resume' | 'Cancel'}Sweep`
  | 'ListSweeps'
  | 'RaiseBudget'
  | 'GetFront';

/** A real gateway on a free port, with a client on it. */
export class TestGateway {
  /** The CLI's client: promises and typed errors. */
  readonly client: PrunefrontClient;
  /** The plain one. */
  readonly raw: InstanceType<typeof SweepClient>;

  private constructor(readonly server: Awaited<ReturnType<typeof startGateway>>) {
    this.client = new PrunefrontClient(server.address);
    this.raw = new SweepClient(server.address, credentials.createInsecure());
  }

  static async start(
    temporalAddress: string,
    store: ArtifactStore,
    orchestratorMs = 10_000,
    changes: Partial<GatewayOptions> = {},
  ): Promise<TestGateway> {
    return new TestGateway(
      await startGateway({
        temporal: { connection: { address: temporalAddress }, client: { namespace: 'default' } },
        ...{
          store,
          orchestratorMs,
          listen: '127.0.0.1:0',
          http: '127.0.0.1:0',
          access: UNGUARDED,
          stageTaskQueue: STAGE_QUEUE,
          window: 2,
        },
        assumed: { slots: 2, examplesPerSecond: 1000 },
        ...changes,
      }),
    );
  }

  get address(): string {
    return this.server.address;
  }

  /** Starts the sweep of a spec. */
  start(text: string): Promise<{ sweepId: string; started: boolean }> {
    return this.client.start({ text, fileName: 'sweep.yaml', baseFolder: '/' });
  }

  /** Waits for the end of a sweep. */
  async endOf(sweepId: string): Promise<void> {
    for await (const _ of this.client.watch(sweepId, new AbortController().signal));
  }

  /** Starts the sweep of a spec and waits for its end; its id. */
  async finish(text: string): Promise<string> {
    const { sweepId } = await this.start(text);
    await this.endOf(sweepId);
    return sweepId;
  }

  /** Status and error data of a call that must fail. */
  failure(call: UnaryCall, request: object): Promise<FailedCall> {
    const send = this.raw[call].bind(this.raw) as (
      request: object,
      reply: (error: ServiceError | null) => void,
    ) => void;
    return new Promise((resolve, reject) => {
      send(request, (error) => {
        if (error === null) reject(new Error('the call did not fail'));
        else resolve({ status: error.code, error: { ...errorFromTrailer(error.metadata) } });
      });
    });
  }

  async close(): Promise<void> {
    this.client.close();
    this.raw.close();
    await this.server.close();
  }
}

/** A spec of one-shot candidates at these sparsities. */
export function yamlSpec(name: string, sparsity: readonly number[], rest = ''): string {
  return `
name: ${name}
model: { zoo: mnistMlp }
dataset: mnist
baseline: { epochs: 1, batchSize: 64, optimizer: adam }
space:
  method: { granularity: weight, criterion: magnitude, scope: global }
  sparsity: [${sparsity.join(', ')}]
  schedule: oneShot
  recovery: { epochs: 1, learningRate: 0.001 }
${rest}`;
}
