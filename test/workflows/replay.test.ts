import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../tools/paths.mjs';
import { quietRuntime } from '../../workers/runtime.js';
import { WORKFLOW_BUNDLE } from '../support/paper-sweeps.js';

const FOLDER = join(projectRoot(), 'test', 'workflows', 'histories');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

interface RecordedEvent {
  readonly activityTaskScheduledEventAttributes?: { activityType: { name: string } };
}

quietRuntime();

function read(file: string): { events: RecordedEvent[] } {
  return JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { events: RecordedEvent[] };
}

function replay(history: unknown): Promise<void> {
  return Worker.runReplayHistory({ workflowBundle: WORKFLOW_BUNDLE }, history);
}

describe('histories of sweeps and nights that older code ran', () => {
  it('are there', () => {
    const kinds = new Set(files.map((name) => name.split('-').at(-2)));
    expect(kinds).toEqual(new Set(['shared', 'long', 'messages', 'failing', 'night']));
  });

  it.each(files)('given %s, when today’s code replays it, then it decides the same', async (file) => {
    await replay(read(file));
  });

  it('given a history in which another activity was asked for, when it is replayed, then the difference is noticed', async () => {
    const history = read(files.find((name) => name.includes('shared')) ?? '');
    const scheduled = history.events.find(({ activityTaskScheduledEventAttributes: attributes }) => attributes);
    if (scheduled?.activityTaskScheduledEventAttributes === undefined) throw new Error('no activity in the history');
    scheduled.activityTaskScheduledEventAttributes.activityType.name = 'somethingElse';
    await expect(replay(history)).rejects.toThrow(/[Nn]ondeterminism/);
  });
});
