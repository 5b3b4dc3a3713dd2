import { describe, expect, it } from 'vitest';
import type { Stage } from '../../../../core/sweep/stage.js';
import { lines, post, send } from '../../../support/http-requests.js';
import { paperGateway } from '../../../support/paper-gateway.js';
import { Gate } from '../../../support/paper-slots.js';
import { type PaperSweeps, until } from '../../../support/paper-sweeps.js';
import { TestGateway, yamlSpec } from '../../../support/test-gateway.js';

let sweeps: PaperSweeps;
let gateway: TestGateway;
let page: string;

paperGateway((opened, paper) => {
  [gateway, sweeps] = [opened, paper];
  page = gateway.server.page;
});

function held(): Gate {
  const gate = new Gate();
  const isPrune = ({ operation }: Stage): boolean => operation.kind === 'prune';
  sweeps.slots.behave = (stage, signal) => (isPrune(stage) ? gate.pass(signal) : Promise.resolve(null));
  return gate;
}

describe('a call over HTTP', () => {
  it('given a call with one answer, then it is one JSON object with every field, like gRPC gives it', async () => {
    const sweepId = await gateway.finish(yamlSpec('unary', [0.11]));
    const { status, json } = await post(page, 'SweepService/GetSweep', { sweepId });
    expect(status).toBe(200);
    const snapshot = json['snapshot'] as Record<string, unknown>;
    expect(snapshot).toMatchObject({ stagesRunning: 0, stagesQueued: 0, remainingMs: 0, retryReasons: [], slots: [] });
    expect(JSON.parse(String(snapshot['progressJson']))).toMatchObject({ sweepId, state: 'done' });
    const empty = await post(page, 'SweepService/ListSweeps', {});
    expect(empty.json).toMatchObject({ nextPageToken: '' });
  });

  it('given a call with a stream of answers, then it is one object a line, and ends with the sweep', async () => {
    const gate = held();
    const { sweepId } = await gateway.start(yamlSpec('streamed', [0.12, 0.13]));
    await until(() => gate.waiting > 0);
    const states: unknown[] = [];
    for await (const { snapshot } of lines(
      page,
      'SweepService/WatchSweep',
      { sweepId },
      new AbortController().signal,
    )) {
      states.push((JSON.parse(String((snapshot as { progressJson: string }).progressJson)) as { state: string }).state);
      gate.open();
    }
    expect(states[0]).toBe('searching');
    expect(states.at(-1)).toBe('done');
  });

  it('given bytes, then they are base64', async () => {
    const sweepId = await gateway.finish(yamlSpec('bytes', [0.14]));
    const files = new Map<string, Buffer[]>();
    const request = { sweepId, candidate: 'c001' };
    for await (const part of lines(page, 'SweepService/ExportCandidate', request, new AbortController().signal)) {
      const name = String(part['fileName']);
      files.set(name, [...(files.get(name) ?? []), Buffer.from(String(part['chunk']), 'base64')]);
    }
    const expected = await gateway.client.exportCandidate(sweepId, 'c001');
    expect([...files].map(([name, parts]) => [name, Buffer.concat(parts)])).toEqual([...expected]);
  });

  it('given a client that goes, then what it followed ends and the gateway still closes', async () => {
    const gate = held();
    const { sweepId } = await gateway.start(yamlSpec('left', [0.15]));
    await until(() => gate.waiting > 0);
    const other = await TestGateway.start(sweeps.env.address, sweeps.store);
    const gone = new AbortController();
    const following = lines(other.server.page, 'SweepService/WatchSweep', { sweepId }, gone.signal);
    expect((await following.next()).done).toBe(false);
    gone.abort();
    await expect(following.next()).rejects.toThrow();
    await other.close();
    gate.open();
  });

  it('given a gateway that closes in the middle of a stream, then its last line says so', async () => {
    const gate = held();
    const { sweepId } = await gateway.start(yamlSpec('closing', [0.16]));
    await until(() => gate.waiting > 0);
    const other = await TestGateway.start(sweeps.env.address, sweeps.store);
    let last: Record<string, unknown> = {};
    let closed: Promise<void> | null = null;
    for await (const line of lines(
      other.server.page,
      'SweepService/WatchSweep',
      { sweepId },
      new AbortController().signal,
    )) {
      last = line;
      closed ??= other.close();
    }
    await closed;
    expect(last).toMatchObject({ error: { code: 'PRUNEFRONT_UNREACHABLE' } });
    gate.open();
  });
});

describe('a request that is refused', () => {
  it.each([
    ['a field that does not exist', 'SweepService/GetSweep', { sweepid: 'x' }, 400, 'PRUNEFRONT_REQUEST', 'sweepId'],
    ['a field of another type', 'SweepService/GetSweep', { sweepId: 5 }, 400, 'PRUNEFRONT_REQUEST', 'a text'],
    [
      'a number that is too large',
      'SweepService/ListSweeps',
      { pageSize: 2 ** 40 },
      400,
      'PRUNEFRONT_REQUEST',
      '2147483647',
    ],
    ['a list for an object', 'SweepService/GetSweep', [], 400, 'PRUNEFRONT_REQUEST', 'an object'],
    ['a wrong field below', 'SweepService/StartSweep', { spec: { txt: '' } }, 400, 'PRUNEFRONT_REQUEST', 'spec.txt'],
    ['a spec with errors', 'SweepService/StartSweep', { spec: { text: 'name: 1' } }, 400, 'PRUNEFRONT_SPEC_', 'name'],
    [
      'a sweep that is not there',
      'SweepService/GetSweep',
      { sweepId: 'none' },
      404,
      'PRUNEFRONT_SWEEP_NOT_FOUND',
      'none',
    ],
    ['a stream of one', 'SweepService/WatchSweep', { sweepId: 'none' }, 404, 'PRUNEFRONT_SWEEP_NOT_FOUND', 'none'],
    ['a call that is not there', 'SweepService/Delete', {}, 501, 'PRUNEFRONT_CALL_UNKNOWN', 'ListSweeps'],
    ['a call by the name of a builtin', 'SweepService/constructor', {}, 501, 'PRUNEFRONT_CALL_UNKNOWN', 'ListSweeps'],
    ['a service that is not there', 'TrainerService/RunStage', {}, 501, 'PRUNEFRONT_CALL_UNKNOWN', 'SweepService'],
  ])('given %s, then the status and the error say so', async (_, call, message, status, code, told) => {
    const answer = await post(page, call, message);
    const error = answer.json['error'] as Record<string, string>;
    expect(answer.status).toBe(status);
    expect(error['code']).toContain(code);
    expect(JSON.stringify(error)).toContain(told);
  });

  it('given a sweep that has ended, when it is paused, then 412 says that its state does not allow it', async () => {
    const sweepId = await gateway.finish(yamlSpec('ended', [0.17]));
    const { status, json } = await post(page, 'SweepService/PauseSweep', { sweepId });
    expect([status, (json['error'] as { code: string }).code]).toEqual([412, 'PRUNEFRONT_SWEEP_STATE']);
  });

  it('given a body that is no JSON, of another kind, or larger than 8 MB, then each is refused and the next is answered', async () => {
    const url = `${page}api/v1/SweepService/ListSweeps`;
    const json = { 'content-type': 'application/json' };
    const large = JSON.stringify({ pageToken: 'x'.repeat(9 * 1024 * 1024) });
    const answers = [
      await send(url, { method: 'POST', headers: json, body: '{' }),
      await send(url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' }),
      await send(url, { method: 'POST', headers: json, body: large }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 415, 413]);
    for (const { text } of answers) expect(JSON.parse(text)).toMatchObject({ error: { code: 'PRUNEFRONT_REQUEST' } });
    expect((await post(page, 'SweepService/ListSweeps', {})).status).toBe(200);
  });
});

describe('a candidate in full', () => {
  it('given a sweep that still runs, then a candidate that has ended is told with its lineage, by id or by stage key', async () => {
    const gate = new Gate();
    let pruned = 0;
    sweeps.slots.behave = async (stage, signal) => {
      if (stage.operation.kind !== 'prune') return null;
      pruned += 1;
      return pruned === 1 ? null : gate.pass(signal);
    };
    const { sweepId } = await gateway.start(yamlSpec('early', [0.21, 0.22]));
    await until(async () => (await gateway.client.status(sweepId)).progress.candidates.ok === 1);
    const { front } = (await gateway.client.status(sweepId)).progress;
    const point = front.find(({ id }) => id !== 'dense');
    const asked = await post(page, 'SweepService/GetCandidate', { sweepId, candidate: point?.id });
    expect(JSON.parse(String(asked.json['rowJson']))).toMatchObject({ id: point?.id, status: 'ok', onFront: true });
    const lineage = JSON.parse(String(asked.json['lineageJson'])) as { key: string; operation: { kind: string } }[];
    expect(lineage.map(({ operation }) => operation.kind)).toEqual(['baseline', 'prune']);
    expect(lineage.at(-1)?.key).toBe(point?.stageKey);
    const byKey = await post(page, 'SweepService/GetCandidate', {
      ...{ sweepId, candidate: 'c900', stageKey: point?.stageKey },
    });
    expect(JSON.parse(String(byKey.json['rowJson']))).toMatchObject({ stageKey: point?.stageKey });
    const unknown = await post(page, 'SweepService/GetCandidate', { sweepId, candidate: '../../x' });
    expect([unknown.status, (unknown.json['error'] as { code: string }).code]).toEqual([
      404,
      'PRUNEFRONT_CANDIDATE_NOT_FOUND',
    ]);
    gate.open();
    await gateway.endOf(sweepId);
    const published = await post(page, 'SweepService/GetCandidate', { sweepId, candidate: 'dense' });
    expect(JSON.parse(String(published.json['rowJson']))).toMatchObject({ id: 'dense', candidate: null });
  });
});
