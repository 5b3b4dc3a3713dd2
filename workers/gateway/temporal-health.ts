import { setTimeout as sleep } from 'node:timers/promises';
import { status as Status } from '@grpc/grpc-js';
import type { Connection } from '@temporalio/client';
import type { Patience } from './sweeps/patience.js';
import { grpcCause } from './sweeps/temporal-errors.js';

const ASK_EVERY_MS = 2000;

/** Tells whether the Temporal server answers and has the namespace, now and whenever that changes, until the signal fires. */
export async function watchTemporal(
  connection: Connection,
  namespace: string,
  patience: Patience,
  tell: (lacks: string | null) => void,
  signal: AbortSignal,
): Promise<void> {
  let told: string | null | undefined;
  while (!signal.aborted) {
    const lacks = await patience
      // One of its own each time: the client's listeners stay on a signal.
      .heeding(AbortSignal.any([signal]))
      .server(() => connection.workflowService.describeNamespace({ namespace }))
      .then(
        () => null,
        (error: unknown) =>
          grpcCause(error).code === Status.NOT_FOUND
            ? `the Temporal server has no namespace ${namespace}`
            : 'the Temporal server does not answer',
      );
    if (lacks !== told && !signal.aborted) tell(lacks);
    told = lacks;
    await sleep(ASK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
