import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishedState } from '../../activities/nightly/published-state.js';
import type { Manifest } from '../../core/nightly/manifest.js';
import type { NightRecord } from '../../core/nightly/night.js';
import { errorOf } from '../support/errors.js';
import { TestStack } from '../support/local-stack.js';
import { NightsFolder, TestSchedule } from '../support/nights.js';

let stack: TestStack;
let folder: NightsFolder;

beforeAll(async () => {
  stack = await TestStack.start();
  folder = await NightsFolder.make(join(stack.state, 'team'));
});
afterAll(() => stack.stop());

function schedule(name: string, nightly: string, rest?: string): Promise<TestSchedule> {
  return TestSchedule.create(stack, folder.folder, name, folder.spec(name, nightly, rest));
}

const inDeploy = (...parts: readonly string[]): string => join(folder.folder, 'deploy', ...parts);
const stageRecords = (): number => readdirSync(stack.storePath('records')).length;

describe('three nights on the newest model', () => {
  let nights: TestSchedule;

  it('given nothing published, when a model comes that keeps the constraints, then its pick is version 1, with a manifest, in store and folder', async () => {
    await folder.save('monday', 0.2);
    nights = await schedule('sides', 'watch: { models: ./models }\npublish: { name: sides, folder: ./deploy }');
    const night = await nights.night();
    expect(night).toMatchObject({
      outcome: 'published',
      version: 1,
      publication: 'sides',
      error: null,
      opponent: null,
    });
    expect(night.reason).toContain('nothing was published before');
    expect(night.input?.newest).toBe(join(folder.folder, 'models', 'monday', 'model.json'));
    const [manifest] = (await stack.gateway.schedules.publication('sides')).versions;
    expect(manifest?.lineage).toMatchObject({
      ...{ schedule: 'sides', runId: night.runId, sweepId: night.sweepId, previousVersion: null },
      stageKey: night.selected?.stageKey,
    });
    expect(manifest?.metrics).toEqual(night.selected?.summary);
    expect(manifest?.spec).toContain('name: sides');
    expect(readlinkSync(inDeploy('sides', 'current'))).toBe('v1');
    const deployed = readFileSync(inDeploy('sides', 'current', 'manifest.json'), 'utf8');
    expect(JSON.parse(deployed)).toEqual(manifest);
    for (const { name, sha256 } of manifest?.files ?? [])
      expect(await stack.store.putBlob(readFileSync(inDeploy('sides', 'current', name)))).toBe(sha256);
  });

  it('given a worse model, then the old version stays, and the night says why', async () => {
    await folder.save('tuesday', 0.7);
    const night = await nights.night();
    expect(night).toMatchObject({ outcome: 'kept', version: null, error: null });
    expect(night.reason).toMatch(/falls behind: accuracy is 0\.\d+, that of version 1 on the same data 0\.\d+/);
    expect(night.opponent?.summary.accuracy).toBeGreaterThan(night.selected?.summary.accuracy ?? 1);
    expect(night.comparison?.hypervolume.before).toBeGreaterThan(night.comparison?.hypervolume.tonight ?? 1);
    expect((await stack.gateway.schedules.publication('sides')).current).toBe(1);
    expect(readlinkSync(inDeploy('sides', 'current'))).toBe('v1');
  });

  it('given nothing new, then nothing is run at all', async () => {
    const before = stageRecords();
    expect(await nights.night()).toMatchObject({ outcome: 'unchanged', stages: { run: 0, reused: 0 } });
    expect(stageRecords()).toBe(before);
  });

  it('given a model of an earlier night again, then every stage is reused and there is nothing to publish', async () => {
    const before = stageRecords();
    await folder.save('monday-again', 0.2);
    const night = await nights.night();
    expect(night).toMatchObject({ outcome: 'unchanged', stages: { run: 0 } });
    expect(night.stages.reused).toBeGreaterThan(2);
    expect(night.reason).toContain('is what version 1 holds already');
    expect(stageRecords()).toBe(before);
  });

  it('given a model that is still being written, then it is passed over; given a better one, then that is version 2', async () => {
    await folder.save('wednesday', 0);
    await folder.save('unfinished', 0);
    await rm(join(folder.folder, 'models', 'unfinished', 'weights.bin'));
    const night = await nights.night();
    expect(night).toMatchObject({ outcome: 'published', version: 2 });
    expect(night.input?.newest).toContain('wednesday');
    expect(readlinkSync(inDeploy('sides', 'current'))).toBe('v2');
    const { versions } = await stack.gateway.schedules.publication('sides');
    expect(versions.map(({ version }) => version)).toEqual([2, 1]);
    expect(versions[0]?.lineage.previousVersion).toBe(1);
  });

  it('when it is rolled back, then the earlier version is current everywhere, and an unchanged night does not publish the later one again', async () => {
    await stack.gateway.schedules.rollBack('sides');
    expect(readlinkSync(inDeploy('sides', 'current'))).toBe('v1');
    const files = await stack.gateway.schedules.exportPublished('sides');
    const manifest = JSON.parse(files.get('manifest.json')?.toString() ?? '') as Manifest;
    expect(manifest.version).toBe(1);
    expect(files.get('model.json')).toEqual(readFileSync(inDeploy('sides', 'v1', 'model.json')));
    expect(await nights.night()).toMatchObject({ outcome: 'unchanged' });
    expect((await stack.gateway.schedules.publication('sides')).current).toBe(1);
    await errorOf('PRUNEFRONT_PUBLISHED_NOT_FOUND', () => stack.gateway.schedules.rollBack('sides', 9));
    await errorOf('PRUNEFRONT_PUBLISHED_NOT_FOUND', () => stack.gateway.schedules.publication('side'));
  });
});

describe('nights on the newest data', () => {
  it('given data before anything is published, then the model of the spec is trained on with it; then what is published', async () => {
    const baseline = 'baseline: { epochs: 1, optimizer: { adam: { learningRate: 0.0001 } } }';
    const watch = 'watch: { data: ./incoming }\npublish: { name: stream, tolerance: 0.2 }';
    const nights = await schedule('stream', watch, baseline);
    await folder.arrive('monday.csv', 2);
    const first = await nights.night();
    expect(first).toMatchObject({ outcome: 'published', version: 1, input: { kind: 'data', trainedOn: null } });
    await folder.arrive('tuesday.csv', 3);
    const second = await nights.night();
    expect(second).toMatchObject({ outcome: 'published', version: 2, input: { kind: 'data', trainedOn: 1 } });
    const { versions } = await stack.gateway.schedules.publication('stream');
    const [v2, v1] = versions;
    if (v1 === undefined || v2 === undefined) throw new Error('two versions were published');
    const trained = await stack.store.getRecord(v2.lineage.stageKeys[0] ?? '');
    expect(trained?.stage.operation).toMatchObject({
      ...{ kind: 'baseline', model: { stored: await publishedState(stack.store, v1) }, training: { epochs: 1 } },
    });
    expect(second.opponent?.version).toBe(1);
    expect(await nights.night()).toMatchObject({ outcome: 'unchanged' });
  });
});

describe('who is told of a night', () => {
  /** A server that answers as it is told, or never. */
  async function listener(answer: (told: string, tries: number) => number | null): Promise<{
    readonly server: Server;
    readonly url: string;
    readonly told: { readonly body: NightRecord; readonly key: unknown }[];
  }> {
    const told: { readonly body: NightRecord; readonly key: unknown }[] = [];
    const server = createServer((request, response) => {
      void read(request).then((body) => {
        told.push({ body: JSON.parse(body) as NightRecord, key: request.headers['idempotency-key'] });
        const status = answer(body, told.length);
        if (status !== null) response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, told, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/told?secret=1` };
  }

  async function read(request: IncomingMessage): Promise<string> {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
    return text;
  }

  it('given a webhook that is busy at first and a command, then both are told in the end', async () => {
    const { server, url, told } = await listener((_, tries) => (tries === 1 ? 503 : 204));
    const out = join(folder.folder, 'told.txt');
    const notify = `notify: { webhook: "${url}", command: [sh, -c, 'cat > ${out}; echo $PRUNEFRONT_OUTCOME >> ${out}; test -z "$SECRET"'] }`;
    const nights = await schedule('told', `watch: { models: ./models }\npublish: { name: told }\n${notify}`);
    const { runId } = await nights.night();
    await nights.until(async () => (await nights.ended())[0]?.notifications.length === 2);
    const [night] = await nights.ended();
    expect(night?.notifications).toEqual([
      { target: 'webhook', ok: true, error: null },
      { target: 'command', ok: true, error: null },
    ]);
    expect(told.map(({ body, key }) => [body.outcome, body.version, key])).toEqual([
      ['published', 1, runId],
      ['published', 1, runId],
    ]);
    const [json, outcome] = readFileSync(out, 'utf8').trim().split('\n');
    expect(JSON.parse(json ?? '')).toMatchObject({ runId, outcome: 'published' });
    expect(outcome).toBe('published');
    server.close();
  });

  it('given a webhook that hangs, then the night publishes, tries again, reports the failure and ends; a night asked for meanwhile is skipped and counted', async () => {
    const { server, url, told } = await listener(() => null);
    const notify = `notify: { webhook: "${url}", command: ['sh', '-c', 'exec sleep 100'], timeout: 2s }`;
    const nights = await schedule('hangs', `watch: { models: ./models }\npublish: { name: hangs }\n${notify}`);
    expect(await nights.night()).toMatchObject({ outcome: 'published', version: 1, notifications: [] });
    await nights.trigger();
    await nights.until(async () => (await nights.show()).skipped === 1);
    await nights.until(async () => (await nights.ended())[0]?.notifications.length === 2);
    const ended = await nights.ended();
    expect(ended).toHaveLength(1);
    const shown = await nights.show();
    expect(shown.nights.map(({ runId, outcome, reason }) => ({ runId, outcome, reason }))).toEqual([
      { runId: ended[0]?.runId, outcome: 'published', reason: ended[0]?.reason },
    ]);
    expect(shown).toMatchObject({ skipped: 1, publication: 'hangs', lastNight: { outcome: 'published' } });
    expect(told).toHaveLength(4);
    const [webhook, command] = ended[0]?.notifications ?? [];
    expect(webhook?.error).toMatchObject({ code: 'PRUNEFRONT_NOTIFY_FAILED', found: 'no answer within 2000 ms' });
    expect(JSON.stringify(webhook)).not.toContain('secret');
    expect(command?.error).toMatchObject({ code: 'PRUNEFRONT_NOTIFY_FAILED', found: 'it did not end within 2000 ms' });
    expect((await stack.gateway.schedules.publication('hangs')).current).toBe(1);
    server.closeAllConnections();
    server.close();
  });
});

describe('a night that goes wrong', () => {
  it('given a folder without models, then it fails with its cause, and nothing is published', async () => {
    await mkdir(join(folder.folder, 'empty'));
    const nights = await schedule('empty', 'watch: { models: ./empty }\npublish: { name: empty }');
    const night = await nights.night();
    expect(night).toMatchObject({
      ...{ outcome: 'failed', version: null, sweepId: null },
      error: { code: 'PRUNEFRONT_NIGHT_WITHOUT_INPUT', place: join(folder.folder, 'empty') },
    });
    expect(night.reason).toBe('The watched folder holds no whole model.');
    await errorOf('PRUNEFRONT_PUBLISHED_NOT_FOUND', () => stack.gateway.schedules.publication('empty'));
  });

  it('given the orchestrator killed in the middle of it, then it goes on and publishes once', async () => {
    await folder.save('thursday', 0.1);
    const nights = await schedule('killed', 'watch: { models: ./models }\npublish: { name: killed }');
    const trainers = stack.trainers();
    for (const pid of trainers) process.kill(pid, 'SIGSTOP');
    await nights.trigger();
    await nights.until(async () => (await stack.gateway.list()).some(({ name }) => name === 'killed'));
    process.kill(stack.pid('orchestrator'), 'SIGKILL');
    for (const pid of trainers) process.kill(pid, 'SIGCONT');
    expect(await nights.next(0)).toMatchObject({ outcome: 'published', version: 1 });
    expect((await stack.gateway.schedules.publication('killed')).versions).toHaveLength(1);
    // An activity that it ran is tried again after the heartbeat timeout, a minute.
  }, 240_000);
});
