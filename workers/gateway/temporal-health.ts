import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import type { Patience } from './sweeps/patience.js';

const ASK_EVERY_MS = 2000;

/** Tells whether the Temporal server answers, now and whenever that changes, until the signal fires. */
export async function watchTemporal(
  connection: Connection,
  patience: Patience,
  tell: (answers: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  let told: boolean | null = null;
  while (!signal.aborted) {
    const answers = await patience
      // One of its own each time: the client's listeners stay on a signal.
      .heeding(AbortSignal.any([signal]))
      .server(() => connection.workflowService.getSystemInfo({}))
      .then(
        () => true,
        () => false,
      );
    if (answers !== told && !signal.aborted) tell(answers);
    told = answers;
    await sleep(ASK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
