import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { createRunStage } from '../../activities/run-stage.js';
import { baselineStage } from '../../core/search/stages.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { PaperSlots } from '../support/paper-slots.js';
import { paperSpec } from '../support/paper-sweeps.js';
import { temporaryFolders } from '../support/temporary-folder.js';

describe('a stage whose trainer does not go on', () => {
  const temporaryFolder = temporaryFolders();

  it('given one that says nothing three times, then the failure says so, and which setting it is about', async () => {
    const store = await openFolderStore(join(await temporaryFolder(), 'store'));
    const slots = new PaperSlots(store);
    const reason = 'no word for 20 s; SIGKILL';
    slots.behave = async () => ({ kind: 'lost', reason, hint: 'a larger --trainer-silence' });
    const stage = baselineStage(paperSpec('silent', [0.5]), 'data', { zoo: 'mnistMlp' });
    const input = { sweep: 'silent', candidate: 'dense', label: 'dense', stage };
    const runStage = createRunStage({ store, slots, node: 'here' });
    const failure: unknown = await new MockActivityEnvironment().run(runStage, input).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: 'PRUNEFRONT_TRAINER_LOST', nonRetryable: true });
    expect((failure as ApplicationFailure).details?.[0]).toEqual({
      code: 'PRUNEFRONT_TRAINER_LOST',
      message: 'The trainer died or hung 3 times in this stage without progress',
      found: reason,
      hint: 'a larger --trainer-silence',
    });
    expect(slots.ran).toHaveLength(3);
  });
});
