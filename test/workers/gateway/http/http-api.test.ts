import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Stage } from '../../../../core/sweep/stage.js';
import { UNGUARDED } from '../../../../workers/gateway/access/access-settings.js';
import type { Role } from '../../../../workers/gateway/access/roles.js';
import { createToken } from '../../../../workers/gateway/access/token-file.js';
import { lines, post, send } from '../../../support/http-requests.js';
import { Gate } from '../../../support/paper-slots.js';
import { PaperSweeps, until } from '../../../support/paper-sweeps.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { TestGateway, yamlSpec } from '../../../support/test-gateway.js';

const temporaryFolder = temporaryFolders(afterAll);
let sweeps: PaperSweeps;
let gateway: TestGateway;
let page: string;

beforeAll(async () => {
  sweeps = await PaperSweeps.open();
  gateway = await TestGateway.start(sweeps.env.address, sweeps.store);
  page = gateway.server.page;
});
afterAll(async () => {
  await gateway.close();
  await sweeps.close();
});
beforeEach(() => {
  sweeps.slots.behave = async () => null;
});

async function finished(name: string, sparsity: readonly number[]): Promise<string> {
  const { sweepId } = await gateway.start(yamlSpec(name, sparsity));
  for await (const _ of gateway.client.watch(sweepId, new AbortController().signal));
  return sweepId;
}

function held(): Gate {
  const gate = new Gate();
  const isPrune = ({ operation }: Stage): boolean => operation.kind === 'prune';
  sweeps.slots.behave = (stage, signal) => (isPrune(stage) ? gate.pass(signal) : Promise.resolve(null));
  return gate;
}

describe('a call over HTTP', () => {
  it('given a call with one answer, then it is one JSON object with every field, like gRPC gives it', async () => {
    const sweepId = await finished('unary', [0.11]);
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
    const sweepId = await finished('bytes', [0.14]);
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
    const sweepId = await finished('ended', [0.17]);
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

describe('a gateway without credentials', () => {
  it('given a host name that only leads here, then every address is refused', async () => {
    for (const path of ['', 'api/v1/me', 'api/v1/files/sweeps/x/report.html']) {
      const { status, text } = await send(`${page}${path}`, { headers: { host: 'evil.example' } });
      expect(status).toBe(403);
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'PRUNEFRONT_FOREIGN_ORIGIN', found: 'evil.example' } });
    }
  });

  it('given a request of another page, then it is refused, and one of its own is answered', async () => {
    const foreign = await post(page, 'SweepService/ListSweeps', {}, { origin: 'http://evil.example' });
    expect(foreign.status).toBe(403);
    const own = await post(page, 'SweepService/ListSweeps', {}, { origin: page.replace(/\/$/, '') });
    expect(own.status).toBe(200);
  });

  it('given any answer, then it allows no other origin, no inline script and no frame', async () => {
    const { headers } = await send(page);
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('given who asks, then it is told who they are and what serves them', async () => {
    const { text } = await send(`${page}api/v1/me`);
    expect(JSON.parse(text)).toEqual({
      name: 'local',
      role: 'admin',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });
});

describe('a gateway with tokens', () => {
  it('given no token, a wrong one, a viewer and an operator, then each may do what its role says', async () => {
    const folder = await temporaryFolder();
    const tokens = join(folder, 'tokens.json');
    const bearer = async (role: Role) => ({
      authorization: `Bearer ${(await createToken(tokens, role, role, null)).token}`,
    });
    const [viewer, operator] = [await bearer('viewer'), await bearer('operator')];
    const audit = join(folder, 'audit.jsonl');
    const guarded = await TestGateway.start(sweeps.env.address, sweeps.store, 10_000, {
      access: { ...UNGUARDED, tokens, audit },
    });
    const at = guarded.server.page;
    const sweepId = await finished('guarded', [0.2]);
    const statusOf = async (call: string, headers: Record<string, string>) => {
      const { status, json } = await post(at, call, { sweepId }, headers);
      return [status, (json['error'] as { code?: string } | undefined)?.code];
    };
    expect(await statusOf('SweepService/GetSweep', {})).toEqual([401, 'PRUNEFRONT_UNAUTHENTICATED']);
    const wrong = { authorization: 'Bearer wrong' };
    expect(await statusOf('SweepService/GetSweep', wrong)).toEqual([401, 'PRUNEFRONT_UNAUTHENTICATED']);
    expect(await statusOf('SweepService/GetSweep', viewer)).toEqual([200, undefined]);
    expect(await statusOf('SweepService/CancelSweep', viewer)).toEqual([403, 'PRUNEFRONT_FORBIDDEN']);
    expect(await statusOf('SweepService/CancelSweep', operator)).toEqual([412, 'PRUNEFRONT_SWEEP_STATE']);
    expect((await send(`${at}api/v1/files/sweeps/${sweepId}/models/c001.zip`)).status).toBe(401);
    expect((await send(`${at}api/v1/me`)).status).toBe(401);
    expect(JSON.parse((await send(`${at}api/v1/me`, { headers: viewer })).text)).toMatchObject({ role: 'viewer' });
    // Its name may be any, for a page elsewhere has no token to send.
    expect((await send(`${at}api/v1/me`, { headers: { ...viewer, host: 'sweeps.example' } })).status).toBe(200);
    expect((await send(at)).status).toBe(200);
    await guarded.close();
    const refused = (await readFile(audit, 'utf8'))
      .split('\n')
      .filter((line) => line.includes('SweepService/CancelSweep'));
    expect(refused.map((line) => (JSON.parse(line) as { principal: string }).principal)).toEqual([
      'viewer',
      'operator',
    ]);
  });

  it('given no credentials and an address beyond loopback, then it does not start', async () => {
    const starting = TestGateway.start(sweeps.env.address, sweeps.store, 10_000, { http: '0.0.0.0:0' });
    await expect(starting).rejects.toMatchObject({ code: 'PRUNEFRONT_USAGE' });
  });
});

describe('the page', () => {
  it('given its assets, then they are kept for ever, and the page that names them is asked for anew', async () => {
    const index = await send(page);
    expect(index.headers['cache-control']).toBe('no-cache');
    const asset = /src="\/(assets\/[^"]+)"/.exec(index.text)?.[1] ?? '';
    expect((await send(`${page}${asset}`)).headers['cache-control']).toContain('immutable');
    const known = await send(page, { headers: { 'if-none-match': String(index.headers['etag']) } });
    expect(known.status).toBe(304);
  });

  it('given an address outside of it, then there is nothing', async () => {
    for (const path of ['nothing', '../package.json', '..%2f..%2fpackage.json', '.stamp']) {
      const { status } = await send(`${page}${path}`);
      expect(status).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('a download', () => {
  it('given a candidate, then its model is one archive whose files are those of the store', async () => {
    const sweepId = await finished('zipped', [0.18]);
    const response = await fetch(`${page}api/v1/files/sweeps/${sweepId}/models/c001.zip`);
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${sweepId}-c001.zip"`);
    const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
    const expected = await gateway.client.exportCandidate(sweepId, 'c001');
    const names = [...expected.keys()].map((name) => `${sweepId}-c001/${name}`);
    expect(Object.keys(files).sort()).toEqual(names.sort());
    for (const [name, bytes] of expected)
      expect(Buffer.from(files[`${sweepId}-c001/${name}`] ?? []).equals(bytes)).toBe(true);
  });

  it('given a report, then it is the one that was published', async () => {
    const sweepId = await finished('reported', [0.19]);
    const { text, headers } = await send(`${page}api/v1/files/sweeps/${sweepId}/report.html`);
    expect(headers['content-disposition']).toContain('attachment');
    expect(text).toBe((await gateway.client.report(sweepId)).get('report.html')?.toString('utf8'));
  });

  it.each([
    ['sweeps/none/models/c001.zip', 404],
    ['sweeps/none/report.html', 404],
    ['sweeps/none/passwords', 501],
    ['sweeps/none/models/c001.exe', 501],
    ['published/none/latest.zip', 501],
  ])('given %s, then it is a JSON error with status %i and no file', async (path, status) => {
    const answer = await send(`${page}api/v1/files/${path}`);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-disposition']).toBeUndefined();
    expect(JSON.parse(answer.text)).toHaveProperty('error.code');
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
    for await (const _ of gateway.client.watch(sweepId, new AbortController().signal));
    const published = await post(page, 'SweepService/GetCandidate', { sweepId, candidate: 'dense' });
    expect(JSON.parse(String(published.json['rowJson']))).toMatchObject({ id: 'dense', candidate: null });
  });
});
