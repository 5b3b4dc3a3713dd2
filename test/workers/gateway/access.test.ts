import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Metadata, type ServiceError, status as Status } from '@grpc/grpc-js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PrunefrontClient } from '../../../client/prunefront-client.js';
import type { ArtifactStore } from '../../../core/store/artifact-store.js';
import { openFolderStore } from '../../../core/store/folder-store.js';
import { errorFromTrailer } from '../../../proto/error-details.js';
import { type AccessSettings, UNGUARDED } from '../../../workers/gateway/access/access-settings.js';
import { type AuditEntry, AuditLog } from '../../../workers/gateway/access/audit-log.js';
import type { Role } from '../../../workers/gateway/access/roles.js';
import { createToken, readTokens, revokeToken } from '../../../workers/gateway/access/token-file.js';
import { TestAuthority } from '../../support/certificates.js';
import { errorOf } from '../../support/errors.js';
import { until } from '../../support/paper-sweeps.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { TestGateway, yamlSpec } from '../../support/test-gateway.js';

/** What is refused is refused before Temporal is asked. */
const NOWHERE = '127.0.0.1:1';
const HOUR_MS = 3_600_000;

const temporaryFolder = temporaryFolders(afterAll);
let folder: string;
let store: ArtifactStore;
let tokens: string;
let audit: string;

beforeAll(async () => {
  store = await openFolderStore(await temporaryFolder());
});
beforeEach(async () => {
  folder = await temporaryFolder();
  tokens = join(folder, 'tokens.json');
  audit = join(folder, 'audit', 'gateway.jsonl');
});

function start(access: Partial<AccessSettings>, listen = '127.0.0.1:0'): Promise<TestGateway> {
  return TestGateway.start(NOWHERE, store, 1000, { access: { ...UNGUARDED, tokens, audit, ...access }, listen });
}

async function tokenOf(name: string, role: Role, expiresInMs: number | null = HOUR_MS): Promise<string> {
  const { token } = await createToken(
    tokens,
    name,
    role,
    expiresInMs === null ? null : new Date(Date.now() + expiresInMs),
  );
  return token;
}

/** Runs an action with a client of a token. */
async function as<T>(
  gateway: TestGateway,
  token: string,
  action: (client: PrunefrontClient) => Promise<T>,
): Promise<T> {
  const client = new PrunefrontClient(gateway.address, { token });
  try {
    return await action(client);
  } finally {
    client.close();
  }
}

async function audited(): Promise<AuditEntry[]> {
  const text = await readFile(audit, 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditEntry);
}

describe('a gateway that asks for tokens', () => {
  it('given no token, a wrong, an expired and a revoked one, when a call is made, then each is UNAUTHENTICATED with its reason and remedy', async () => {
    const expired = await tokenOf('old', 'admin', -1);
    const revoked = await tokenOf('gone', 'admin');
    await revokeToken(tokens, 'gone');
    const gateway = await start({});
    const missing = await gateway.failure('ListSweeps', {});
    expect(missing).toMatchObject({ status: Status.UNAUTHENTICATED, error: { code: 'PRUNEFRONT_UNAUTHENTICATED' } });
    expect(missing.error['hint']).toContain('PRUNEFRONT_TOKEN');
    for (const [token, reason] of [
      ['prunefront_wrong', 'does not know'],
      [expired, 'expired'],
      [revoked, 'revoked'],
    ] as const) {
      const error = await errorOf('PRUNEFRONT_UNAUTHENTICATED', () =>
        as(gateway, token, (client) => client.nodes.list()),
      );
      expect(error.message).toContain(reason);
    }
    await gateway.close();
  });

  it('given a viewer, when it looks, then it may, and when it cancels or drains, then it is PERMISSION_DENIED and told which role may', async () => {
    const token = await tokenOf('wall', 'viewer');
    const gateway = await start({});
    expect(await as(gateway, token, (client) => client.nodes.list())).toEqual([]);
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${token}`);
    const refused = await new Promise<ServiceError | null>((resolve) => {
      gateway.raw.CancelSweep({ sweepId: 'demo' }, metadata, (error) => resolve(error));
    });
    expect(refused?.code).toBe(Status.PERMISSION_DENIED);
    expect(errorFromTrailer(refused?.metadata)).toMatchObject({
      code: 'PRUNEFRONT_FORBIDDEN',
      place: 'SweepService/CancelSweep',
      found: 'viewer',
      allowed: 'operator or more',
    });
    await errorOf('PRUNEFRONT_FORBIDDEN', () => as(gateway, token, (client) => client.nodes.drain('any')));
    await gateway.close();
  });

  it('given a token that works, when it is revoked, then the next call is refused without a restart', async () => {
    const token = await tokenOf('ci', 'operator');
    const gateway = await start({});
    await as(gateway, token, async (client) => {
      expect(await client.nodes.list()).toEqual([]);
      await revokeToken(tokens, 'ci');
      await errorOf('PRUNEFRONT_UNAUTHENTICATED', () => client.nodes.list());
    });
    await gateway.close();
  });

  it('given what operators do and what is refused, then the audit log has who, what, on what and how it ended, and no token and no content', async () => {
    const operator = await tokenOf('ci', 'operator');
    const viewer = await tokenOf('wall', 'viewer');
    const gateway = await start({});
    await as(gateway, operator, async (client) => {
      await errorOf('PRUNEFRONT_NODE_NOT_FOUND', () => client.nodes.drain('gpu-3'));
      const secret = { text: yamlSpec('secret-word', [0.5]), fileName: 'a.yaml', baseFolder: '/' };
      await errorOf('PRUNEFRONT_UNREACHABLE', () => client.start(secret));
      await client.nodes.list();
    });
    await errorOf('PRUNEFRONT_FORBIDDEN', () => as(gateway, viewer, (client) => client.command('cancel', 'demo-1')));
    await errorOf('PRUNEFRONT_UNAUTHENTICATED', () => as(gateway, 'wrong-token', (client) => client.nodes.list()));
    await gateway.close();
    const entries = await audited();
    expect(entries.map(({ time: _, peer: __, ...rest }) => rest)).toEqual([
      {
        ...{ principal: 'ci', role: 'operator', method: 'NodeService/DrainNode', target: { node: 'gpu-3' } },
        outcome: 'PRUNEFRONT_NODE_NOT_FOUND',
      },
      {
        ...{ principal: 'ci', role: 'operator', method: 'SweepService/StartSweep', target: {} },
        outcome: 'PRUNEFRONT_UNREACHABLE',
      },
      {
        ...{ principal: 'wall', role: 'viewer', method: 'SweepService/CancelSweep', target: { sweep: 'demo-1' } },
        outcome: 'PRUNEFRONT_FORBIDDEN',
      },
      {
        ...{ principal: null, role: null, method: 'NodeService/ListNodes', target: {} },
        outcome: 'PRUNEFRONT_UNAUTHENTICATED',
      },
    ]);
    for (const { peer } of entries) expect(peer).toMatch(/127\.0\.0\.1/);
    const text = await readFile(audit, 'utf8');
    for (const secret of [operator, viewer, 'wrong-token', 'secret-word']) expect(text).not.toContain(secret);
  });

  it('given a roll-back and a raised budget, then the audit log has the version and the number of candidates', async () => {
    const viewer = await tokenOf('wall', 'viewer');
    const gateway = await start({});
    await as(gateway, viewer, async (client) => {
      await errorOf('PRUNEFRONT_FORBIDDEN', () => client.schedules.rollBack('sides', 3));
      await errorOf('PRUNEFRONT_FORBIDDEN', () => client.raiseBudget('demo-1', 64));
    });
    await gateway.close();
    expect((await audited()).map(({ target }) => target)).toEqual([
      { name: 'sides', version: 3 },
      { sweep: 'demo-1', candidates: 64 },
    ]);
  });

  it('given a flood of unknown callers, then ten are written and one line says how many were not; who is known is always written', async () => {
    const log = await AuditLog.open(audit);
    const entry = { time: '', role: null, method: 'm', target: {}, outcome: 'PRUNEFRONT_UNAUTHENTICATED', peer: 'p' };
    for (let i = 0; i < 60; i++) await log.append({ ...entry, principal: null });
    for (let i = 0; i < 20; i++) await log.append({ ...entry, principal: 'ci' });
    await until(async () => (await audited()).length === 31);
    const entries = await audited();
    expect(entries.filter(({ principal }) => principal === 'ci')).toHaveLength(20);
    expect(entries.at(-1)).toMatchObject({ principal: null, method: '*', peer: '*', leftOut: 50 });
    for (let i = 0; i < 12; i++) await log.append({ ...entry, principal: null });
    await log.close();
    expect((await audited()).slice(31).map(({ leftOut }) => leftOut)).toEqual([
      ...Array.from({ length: 10 }, () => undefined),
      2,
    ]);
  });

  it('given a file of tokens, then it is for its owner only and keeps hashes; and a broken one is refused by name', async () => {
    const token = await tokenOf('ci', 'operator');
    expect((await stat(tokens)).mode & 0o777).toBe(0o600);
    expect(await readFile(tokens, 'utf8')).not.toContain(token);
    expect(await readTokens(tokens)).toMatchObject([{ name: 'ci', role: 'operator', revokedAt: null }]);
    await errorOf('PRUNEFRONT_CONFLICT', () => tokenOf('ci', 'viewer'));
    await writeFile(tokens, '{"tokens": [{"name": "x", "role": "god"}]}');
    const { facts } = await errorOf('PRUNEFRONT_USAGE', () => start({}));
    expect(facts).toMatchObject({ place: tokens, found: 'tokens[0]' });
  });
});

describe('a gateway without credentials', () => {
  it.each(['0.0.0.0:0', '[::]:0', 'gateway.example:7400'])(
    'given %s, when it is to listen there, then it refuses and names the remedy',
    async (listen) => {
      const { facts } = await errorOf('PRUNEFRONT_USAGE', () => start({ tokens: null }, listen));
      expect(facts).toMatchObject({ place: '--listen', found: listen, hint: expect.stringContaining('token create') });
    },
  );

  it('given loopback, when it starts, then it says that it asks for no credentials; with tokens it listens beyond', async () => {
    const open = await start({ tokens: null });
    expect(open.server.notes).toEqual([expect.stringContaining('asks for no credentials')]);
    await open.close();
    await tokenOf('ci', 'viewer');
    const guarded = await start({}, '0.0.0.0:0');
    expect(guarded.server.notes).toEqual([expect.stringContaining('without TLS')]);
    await guarded.close();
  });

  it('given two gateways on one port, when the second starts, then it says that it cannot listen there, and the first serves on', async () => {
    const first = await start({ tokens: null });
    const { facts } = await errorOf('PRUNEFRONT_USAGE', () => start({ tokens: null }, first.address));
    expect(facts).toMatchObject({ place: first.address, allowed: 'HOST:PORT that is free' });
    expect(await first.client.nodes.list()).toEqual([]);
    await first.close();
  });
});

describe('a gateway with TLS', () => {
  it('given its authority, then a client talks to it, and with another authority or in plain text it cannot', async () => {
    const authority = new TestAuthority(folder, 'authority');
    const { certificateFile: certificate, keyFile: key } = authority.issue('gateway');
    const tls = { certificate, key, clientAuthority: null, clientRole: 'viewer' as const };
    const token = await tokenOf('ci', 'viewer');
    const gateway = await start({ tls });
    const trusting = new PrunefrontClient(gateway.address, { token, ca: authority.own.certificate });
    expect(await trusting.nodes.list()).toEqual([]);
    trusting.close();
    const other = new TestAuthority(folder, 'other').own.certificate;
    for (const security of [{ token, ca: other }, { token, tls: true }, { token }]) {
      const client = new PrunefrontClient(gateway.address, security);
      await errorOf('PRUNEFRONT_UNREACHABLE', () => client.nodes.list());
      client.close();
    }
    await gateway.close();
  });

  it('given an authority of clients, then a certificate of it is a principal by its name, and others are not let in', async () => {
    const authority = new TestAuthority(folder, 'authority');
    const { certificateFile: certificate, keyFile: key } = authority.issue('gateway');
    const clientAuthority = authority.own.certificateFile;
    const gateway = await start({ tokens: null, tls: { certificate, key, clientAuthority, clientRole: 'operator' } });
    const ca = authority.own.certificate;
    const talk = async (pair: { certificate?: Buffer; key?: Buffer }): Promise<unknown> => {
      const client = new PrunefrontClient(gateway.address, { ca, ...pair });
      try {
        return await client.nodes.drain('gpu-3');
      } finally {
        client.close();
      }
    };
    await errorOf('PRUNEFRONT_NODE_NOT_FOUND', () => talk(authority.issue('build-machine')));
    await errorOf('PRUNEFRONT_UNREACHABLE', () => talk(new TestAuthority(folder, 'stranger').issue('build-machine')));
    await errorOf('PRUNEFRONT_UNREACHABLE', () => talk({}));
    await gateway.close();
    expect(await audited()).toMatchObject([
      { principal: 'build-machine', role: 'operator', target: { node: 'gpu-3' } },
    ]);
  });
});

describe('ten thousand requests at once', () => {
  it('given more than there is room for, then each is answered, refused ones with RESOURCE_EXHAUSTED, and the gateway serves on in bounded memory', async () => {
    await tokenOf('ci', 'viewer');
    const gateway = await start({ tokens: null });
    const before = process.memoryUsage().rss;
    const outcomes = await Promise.all(
      Array.from(
        { length: 10_000 },
        () =>
          new Promise<number>((resolve) => {
            gateway.raw.GetSweep({ sweepId: 'any' }, (error) => resolve(error?.code ?? Status.OK));
          }),
      ),
    );
    expect(outcomes).toHaveLength(10_000);
    expect(new Set(outcomes)).toEqual(new Set([Status.UNAVAILABLE, Status.RESOURCE_EXHAUSTED]));
    expect(process.memoryUsage().rss - before).toBeLessThan(1_000_000_000);
    expect(await gateway.client.nodes.list()).toEqual([]);
    await gateway.close();
  });
});
