import type { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../activities/typed-failures.js';
import type { ErrorCode } from '../../core/errors.js';
import { PaperSweeps, paperSpec, progressWhen } from '../support/paper-sweeps.js';

const FULL = { code: 'PRUNEFRONT_STORE_FULL', message: 'no space left', place: 'store/blobs' } as const;

let sweeps: PaperSweeps;
let failWith: ErrorCode | null = null;

beforeAll(async () => {
  sweeps = await PaperSweeps.open([], {
    async runStage({ stage }) {
      // What the real activity says once it has tried for minutes.
      if (stage.operation.kind === 'prune' && failWith !== null) throw failureOf({ ...FULL, code: failWith }, true);
      const lease = await sweeps.slots.lease();
      await lease.run(stage, null, () => undefined, new AbortController().signal);
      return { stageKey: stage.key, reused: false, summary: {} as never };
    },
  });
});
afterAll(() => sweeps.close());

describe('a store that takes nothing any more', () => {
  it.each(['PRUNEFRONT_STORE_FULL', 'PRUNEFRONT_STORE_READ_ONLY'] as const)(
    'given %s, when a stage meets it, then the sweep fails with that cause and no candidate is blamed',
    async (code) => {
      failWith = code;
      const handle = await sweeps.start(paperSpec(code, [0.1, 0.2, 0.3, 0.4]));
      const error = (await handle.result().catch((thrown: unknown) => thrown)) as WorkflowFailedError;
      expect(error.cause).toMatchObject({ type: code });
      expect(await progressWhen(handle, () => true)).toMatchObject({
        state: 'failed',
        candidates: { ok: 0, failed: 0 },
        error: { code, place: 'store/blobs' },
      });
    },
  );
});
