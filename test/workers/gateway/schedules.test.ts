import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PrunefrontClient } from '../../../client/prunefront-client.js';
import type { SchedulesClient } from '../../../client/schedules.js';
import { Publications } from '../../../core/nightly/publications.js';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import type { GetPublishedResponse__Output } from '../../../proto/generated/prunefront/v1/GetPublishedResponse.js';
import { ScheduleClient } from '../../../proto/load.js';
import { UNGUARDED } from '../../../workers/gateway/access/access-settings.js';
import { ROLES } from '../../../workers/gateway/access/roles.js';
import { createToken } from '../../../workers/gateway/access/token-file.js';
import { Cli } from '../../support/cli.js';
import { errorOf } from '../../support/errors.js';
import { frontPoint } from '../../support/front-points.js';
import { lineageOf } from '../../support/lineages.js';
import { temporalServer, until } from '../../support/paper-sweeps.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { TestGateway, yamlSpec } from '../../support/test-gateway.js';

const temporaryFolder = temporaryFolders(afterAll);

let folder: string;
let env: TestWorkflowEnvironment;
let store: ArtifactStore;
let gateway: TestGateway;
let schedules: SchedulesClient;

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'models'));
  env = await temporalServer();
  store = await openFolderStore(join(folder, 'store'));
  gateway = await TestGateway.start(env.address, store);
  schedules = gateway.client.schedules;
});
afterAll(async () => {
  await gateway.close();
  await env.teardown();
});

function request(
  name: string,
  changes: { cron?: string; timeZone?: string; publication?: string; nightly?: string } = {},
) {
  const { cron = '0 2 * * *', timeZone = '', publication = name } = changes;
  const nightly = changes.nightly ?? `nightly: { watch: { models: ./models }, publish: { name: ${publication} } }`;
  const spec = { text: yamlSpec(name, [0.5], nightly), fileName: 'nightly.yaml', baseFolder: folder };
  return { name, cron, timeZone, spec };
}

describe('a schedule', () => {
  it('when it is made, then it is shown with its next night, and listed', async () => {
    const made = await schedules.create(request('berlin', { timeZone: 'Europe/Berlin' }));
    expect(made).toMatchObject({
      ...{ name: 'berlin', cron: '0 2 * * *', timeZone: 'Europe/Berlin', paused: false, publication: 'berlin' },
      ...{ skipped: 0, lastNight: null },
    });
    const hour = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit' });
    expect(hour.format(new Date(made.nextAt))).toBe('02');
    const shown = await schedules.get('berlin');
    expect(shown).toMatchObject({ ...made, nights: [], specText: expect.stringContaining('name: berlin') });
    await until(async () => (await schedules.list()).some(({ name }) => name === 'berlin'));
  });

  it('when it is paused, then it has no next night until it is resumed', async () => {
    await schedules.create(request('paused'));
    await schedules.command('pause', 'paused');
    expect(await schedules.get('paused')).toMatchObject({ paused: true, nextAt: '' });
    await schedules.command('resume', 'paused');
    expect((await schedules.get('paused')).nextAt).not.toBe('');
  });

  it('when it is run and then run again, then the second night is skipped and counted', async () => {
    await schedules.create(request('twice'));
    // There is no orchestrator: the first goes on for ever.
    expect(await schedules.command('run-now', 'twice')).toEqual({ skipped: false });
    await until(async () => (await schedules.get('twice')).lastNight?.outcome === 'running');
    expect(await schedules.command('run-now', 'twice')).toEqual({ skipped: true });
    await until(async () => (await schedules.get('twice')).skipped === 1);
    const runNow = (...more: string[]) =>
      Cli.run('schedule', 'run-now', 'twice', '--gateway', gateway.address, ...more);
    expect((await runNow()).stdout).toBe(
      'twice: a night runs already; this one is skipped\nsee prunefront schedule show twice\n',
    );
    expect(JSON.parse((await runNow('--json')).stdout)).toEqual({ schedule: 'twice', done: 'run-now', skipped: true });
    expect((await schedules.get('twice')).nights).toMatchObject([{ outcome: 'running', endedAt: '', record: null }]);
  });

  it('when it is deleted, then it is gone, and its name is free', async () => {
    await schedules.create(request('gone'));
    await schedules.command('delete', 'gone');
    await errorOf('PRUNEFRONT_SCHEDULE_NOT_FOUND', () => schedules.get('gone'));
    expect((await schedules.create(request('gone'))).name).toBe('gone');
  });

  it('given a time that has gone by, when it is made up for, then the nights that were due in it are counted', async () => {
    await schedules.create(request('late'));
    expect(await schedules.backfill('late', '2026-01-01T02:00:00Z', '2026-01-03T02:00:00Z')).toBe(3);
    expect(await schedules.backfill('late', '2026-01-01T03:00:00Z', '2026-01-01T04:00:00Z')).toBe(0);
    await until(async () => (await schedules.get('late')).lastNight?.outcome === 'running');
    for (const [from, to] of [
      ['2026-01-03T00:00:00Z', '2026-01-01T00:00:00Z'],
      ['2026-01-03T00:00:00Z', '2999-01-01T00:00:00Z'],
      ['2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
      ['yesterday', '2026-01-01T00:00:00Z'],
    ] as const)
      await errorOf('PRUNEFRONT_REQUEST', () => schedules.backfill('late', from, to));
  });
});

describe('who may make a schedule', () => {
  it('given tokens, then a viewer only looks, an operator makes and runs, and only an admin deletes or names a command', async () => {
    const tokens = join(folder, 'tokens.json');
    const access = { ...UNGUARDED, tokens };
    const store = await openFolderStore(join(folder, 'store'));
    const made: string[] = [];
    for (const role of ROLES) made.push((await createToken(tokens, role, role, null)).token);
    const guarded = await TestGateway.start(env.address, store, 10_000, { access });
    const clients = made.map((token) => new PrunefrontClient(guarded.address, { token }));
    const [viewer, operator, admin] = clients.map(({ schedules: ofRole }) => ofRole);
    if (viewer === undefined || operator === undefined || admin === undefined) throw new Error('there are three roles');
    const command =
      'nightly: { watch: { models: ./models }, publish: { name: run }, notify: { command: [./told.sh] } }';
    await errorOf('PRUNEFRONT_FORBIDDEN', () => viewer.create(request('guarded')));
    await operator.create(request('guarded'));
    expect((await viewer.get('guarded')).name).toBe('guarded');
    await errorOf('PRUNEFRONT_FORBIDDEN', () => viewer.command('pause', 'guarded'));
    await errorOf('PRUNEFRONT_FORBIDDEN', () => operator.command('delete', 'guarded'));
    const error = await errorOf('PRUNEFRONT_FORBIDDEN', () => operator.create(request('run', { nightly: command })));
    expect(error.facts.place).toBe('nightly.notify.command');
    await admin.create(request('run', { nightly: command }));
    await admin.command('delete', 'guarded');
    for (const client of clients) client.close();
    await guarded.close();
  });

  it('given an idempotency key, when the same is asked again, then it is answered as the first time; anything else is refused', async () => {
    const idempotencyKey = 'once';
    const made = await schedules.create({ ...request('once'), idempotencyKey });
    expect(await schedules.create({ ...request('once'), idempotencyKey })).toEqual(made);
    await errorOf('PRUNEFRONT_CONFLICT', () => schedules.create({ ...request('another'), idempotencyKey }));
  });
});

describe('two gateways on one store', () => {
  it('given one idempotency key, when both are asked at the same time, then the schedule is made once and both answer with it', async () => {
    const other = await TestGateway.start(env.address, await openFolderStore(join(folder, 'store')));
    const asked = { ...request('both'), idempotencyKey: 'both' };
    const [here, there] = await Promise.all([schedules.create(asked), other.client.schedules.create(asked)]);
    expect(there).toEqual(here);
    await other.close();
  });
});

describe('a schedule that cannot be', () => {
  it('given a cron that never fires, then it is refused and not made', async () => {
    const error = await errorOf('PRUNEFRONT_CRON', () => schedules.create(request('never', { cron: '0 0 31 2 *' })));
    expect(error.facts.found).toBe('0 0 31 2 *');
    await errorOf('PRUNEFRONT_SCHEDULE_NOT_FOUND', () => schedules.get('never'));
  });

  it('given a name that is taken, or a publication of another schedule, then it is refused', async () => {
    await schedules.create(request('taken'));
    await errorOf('PRUNEFRONT_CONFLICT', () => schedules.create(request('taken')));
    await until(async () => (await schedules.list()).some(({ name }) => name === 'taken'));
    const error = await errorOf('PRUNEFRONT_CONFLICT', () =>
      schedules.create(request('other', { publication: 'taken' })),
    );
    expect(error.message).toBe('The schedule taken publishes as taken');
  });

  it('given a spec without nights, a folder that is not there, or a zoo model of no epochs to watch data, then its place is told', async () => {
    const missing = await errorOf('PRUNEFRONT_SPEC_MISSING', () => schedules.create(request('plain', { nightly: '' })));
    expect(missing.facts.place).toBe('nightly.yaml nightly');
    const nightly = 'nightly: { watch: { models: ./nowhere }, publish: { name: x } }';
    const nowhere = await errorOf('PRUNEFRONT_MODEL_NOT_FOUND', () =>
      schedules.create(request('nowhere', { nightly })),
    );
    expect(nowhere.facts).toMatchObject({
      place: expect.stringMatching(/^nightly\.yaml:\d+:\d+ nightly\.watch\.models$/),
      found: join(folder, 'nowhere'),
    });
    const builtin = 'nightly: { watch: { data: ./models }, publish: { name: x } }';
    await errorOf('PRUNEFRONT_SPEC_CONFLICT', () => schedules.create(request('builtin', { nightly: builtin })));
  });

  it('given a name that is none, then it is refused', async () => {
    await errorOf('PRUNEFRONT_REQUEST', () => schedules.create({ ...request('x'), name: '../x' }));
    await errorOf('PRUNEFRONT_REQUEST', () => schedules.get(''));
  });

  it('given a name that no schedule has, then the nearest one is told', async () => {
    await until(async () => (await schedules.list()).some(({ name }) => name === 'taken'));
    const error = await errorOf('PRUNEFRONT_SCHEDULE_NOT_FOUND', () => schedules.command('pause', 'takn'));
    expect(error.facts.hint).toBe('did you mean taken?');
  });
});

describe('a publication', () => {
  it('given metrics of plugins, then programs are told them by name; without any, none', async () => {
    const publications = new Publications(store);
    for (const [runId, own] of [
      ['run-1', { own: { wrong: 0.02, margin: 3 } }],
      ['run-2', {}],
    ] as const) {
      const lineage = { ...lineageOf('own'), runId };
      await publications.publish(
        { name: 'own', metrics: frontPoint('c001', own).summary, lineage, spec: '', folder: null },
        [],
      );
    }
    const raw = new ScheduleClient(gateway.address, credentials.createInsecure());
    const { publication } = await new Promise<GetPublishedResponse__Output>((resolve, reject) => {
      raw.GetPublished({ name: 'own' }, (error, reply) =>
        reply === undefined ? reject(error ?? new Error('no reply')) : resolve(reply),
      );
    });
    raw.close();
    expect(publication?.versions.map(({ metric, score, own }) => ({ metric, score, own }))).toEqual([
      { metric: 'accuracy', score: 0.98, own: {} },
      { metric: 'accuracy', score: 0.98, own: { wrong: 0.02, margin: 3 } },
    ]);
  });
});
